import Columns
import Foundation
import Formats
import Model
import TestSupport

/// Good files of one format, and a way to read bad ones.
struct Samples {
  private let format: FileFormat
  private let path: String
  let files: [[UInt8]]

  /// Tables of every type that the writers made, and the fixtures that other programs made.
  init(_ format: FileFormat) throws {
    self.format = format
    path = NSTemporaryDirectory() + "assay-fuzz-\(getpid()).\(format.rawValue)"
    var files = try (1...12).map { try Self.written(format, seed: $0) }
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "FormatsTests/Fixtures")
    let names = FileManager.default.enumerator(atPath: fixtures.path)
    for case let name as String in names ?? .init() where FileFormat(path: name) == format {
      let bytes = try Data(contentsOf: fixtures.appending(path: name))
      if bytes.count < 20_000 { files.append(Array(bytes)) }
    }
    self.files = files
  }

  private static func written(_ format: FileFormat, seed: UInt64) throws -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 0...40, using: &random)
    let columns = RandomVectors.types.filter { $0 != .file && $0 != .json }.map {
      ColumnDefinition(name: $0.rawValue, type: $0)
    }
    let vectors = columns.map { RandomVectors.vector($0.type, count: count, using: &random) }
    var file: [UInt8] = []
    var text = TableText(format, columns: columns, nulls: seed % 2 == 0)
    try text.append([RowBatch(columns: columns, vectors: vectors, count: count)]) { file += $0 }
    try text.finish { file += $0 }
    return file
  }

  /// Reads a file to its end, and once more with all types known.
  func read(_ bytes: [UInt8]) throws(StoreError) {
    do {
      try Data(bytes).write(to: URL(filePath: path))
    } catch {
      throw StoreError(.unavailable, "\(path): \(error)")
    }
    var reader = try TableReader.open(path: path, format, compression: nil, name: "fuzz")
    while let batch = try reader.next() { check(batch) }
    try reader.restart()
    while let batch = try reader.next() { check(batch) }
  }

  /// Touches every value, since a layout that is wrong shows itself only then.
  private func check(_ batch: InputBatch) {
    precondition(batch.lines.count == batch.rows.count)
    for vector in batch.rows.vectors {
      precondition(vector.count == batch.rows.count)
      _ = vector.digest
      _ = vector.slice(0..<vector.count).digest
    }
  }
}
