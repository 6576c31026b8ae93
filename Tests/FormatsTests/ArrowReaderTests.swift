import Columns
import Foundation
import Formats
import Model
import TestSupport
import Testing

/// All rows of Arrow data as the JSON Lines that they make.
func arrowLines(_ reader: ArrowReader) throws(StoreError) -> String {
  var reader = reader
  var out: [UInt8] = []
  while let batch = try reader.next() {
    var writer = JSONWriter(columns: batch.rows.columns, style: .lines)
    writer.append(batch.rows, rows: 0..<batch.rows.count, to: &out)
  }
  return String(decoding: out, as: UTF8.self)
}

@Suite struct `Arrow reader` {
  /// Made by `Fixtures/arrow/make.py` with pyarrow and polars.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/arrow").path

  static let files: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?
    .filter { !$0.hasPrefix("refused") && !$0.hasSuffix(".jsonl") && !$0.hasSuffix(".py") }
    .sorted() ?? []

  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name)")))
  }

  @Test func `there are files to read`() { #expect(Self.files.count >= 17) }

  @Test(arguments: files)
  func `what other programs wrote is read with its values, twice`(name: String) throws {
    let stem = name.prefix { $0 != "." }
    let expected = String(decoding: try bytes("\(stem).jsonl"), as: UTF8.self)
    var reader = try ArrowReader(SeekableFile.open(path: "\(Self.folder)/\(name)"))
    #expect(try arrowLines(reader) == expected)
    while try reader.next() != nil {}
    try reader.restart()
    #expect(try arrowLines(reader) == expected)
  }

  @Test(arguments: [
    ("uint64", "'uint64'"), ("nanoseconds", "'nanoseconds'"), ("binary", "'binary'"),
    ("union", "'union'"), ("notjson", "'notjson'"), ("notutf8", "'notutf8'"),
  ])
  func `what cannot be kept is refused by its name`(name: String, column: String) throws {
    let file = SeekableFile(name: "x", bytes: try bytes("refused-\(name).arrow"))
    let error = #expect(throws: StoreError.self) { try arrowLines(ArrowReader(file)) }
    #expect(error?.kind == .invalid)
    #expect(error?.message.contains(column) == true, "\(error?.message ?? "")")
    #expect(error?.location?.file == "x")
  }

  @Test func `a file without rows gives one batch that has its columns`() throws {
    var reader = try ArrowReader(SeekableFile(name: "x", bytes: try bytes("empty.arrow")))
    let batch = try #require(try reader.next())
    #expect(batch.rows.count == 0)
    #expect(batch.rows.columns.map(\.name) == ["i8", "f64", "b"])
    #expect(try reader.next() == nil)
  }

  @Test func `types can be named`() throws {
    let file = SeekableFile(name: "x", bytes: try bytes("feather.feather"))
    let reader = try ArrowReader(file, options: ReadOptions(types: ["n": .float64, "s": .json]))
    #expect(try arrowLines(reader) == "{\"n\":1,\"s\":\"x\"}\n{}\n{\"n\":3,\"s\":\"\"}\n")
    for types: [DataText: ColumnType] in [
      ["m": .json], ["s": .file], ["s": .int64],
    ] {
      let error = #expect(throws: StoreError.self) {
        try ArrowReader(file, options: ReadOptions(types: types))
      }
      #expect(error?.kind == .usage)
    }
  }

  @Test func `text and an empty file are no Arrow data`() {
    for text in ["", "A", "a,b\n1,2\n", "{\"a\":1}\n", "FEA1FEA1FEA1FEA1FEA1"] {
      let error = #expect(throws: StoreError.self) {
        try ArrowReader(SeekableFile(name: "x", bytes: Array(text.utf8)))
      }
      #expect(error?.kind == .invalid)
    }
  }

  /// Any outcome will do but a trap: most bytes of the format have no checksum.
  private func survives(_ bytes: [UInt8]) -> Bool {
    do throws(StoreError) {
      _ = try arrowLines(ArrowReader(SeekableFile(name: "x", bytes: bytes)))
      return true
    } catch {
      return error.kind == .invalid || error.kind == .exhausted
    }
  }

  @Test(arguments: [
    "numbers-lz4.arrow", "texts-zstd.arrow", "texts.arrow", "nested.arrow", "runs.arrows",
    "deltas.arrows",
  ])
  func `a file with any byte flipped gives values or an error`(name: String) throws {
    var bytes = try bytes(name)
    for index in bytes.indices {
      let mask: UInt8 = [0x01, 0x80, 0xFF][index % 3]
      bytes[index] ^= mask
      #expect(survives(bytes), "byte \(index) xor \(mask)")
      bytes[index] ^= mask
    }
  }

  @Test(arguments: ["texts.arrow", "nested.arrow", "numbers-legacy.arrows", "deltas.arrows"])
  func `a file cut anywhere gives values or an error`(name: String) throws {
    let bytes = try bytes(name)
    for count in bytes.indices {
      let cut = Array(bytes[..<count])
      if name.hasSuffix("arrow") {
        #expect(throws: StoreError.self) {
          try ArrowReader(SeekableFile(name: "x", bytes: cut))
        }
      } else {
        #expect(survives(cut), "\(count) bytes")
      }
    }
  }
}
