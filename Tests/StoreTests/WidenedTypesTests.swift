import Columns
import Formats
import Foundation
import Model
import Store
import TestSupport
import Testing

/// A column whose type changes is told with the first cell for whose sake it does, whatever the
/// file's format and however its rows join.
@Suite struct `Types that widen` {
  private let temporary: TemporaryStore

  init() throws { temporary = try TemporaryStore() }

  private var store: Store { temporary.store }

  private static func file(_ lines: String, _ format: FileFormat, _ types: [DataText: ColumnType])
    throws -> [UInt8]
  {
    let source = MemorySource(name: "rows", bytes: Array(lines.utf8))
    var reader = try JSONReader(source, layout: .lines, options: ReadOptions(types: types))
    if format == .jsonl { return Array(lines.utf8) }
    var bytes: [UInt8] = []
    var text: TableText?
    while let batch = try reader.next() {
      var rows = batch.rows
      for (position, column) in rows.columns.enumerated() {
        guard let form = types[column.name]?.vectorForm else { continue }
        rows = RowBatch(
          columns: rows.columns.enumerated().map {
            $0 == position ? ColumnDefinition(name: $1.name, type: .vector(form)) : $1
          },
          vectors: try rows.vectors.enumerated().map {
            try $0 == position ? $1.vectors(form) : $1
          }, count: rows.count)
      }
      var table = text ?? TableText(format, columns: rows.columns, nulls: false)
      try table.append([rows]) { bytes += $0 }
      text = table
    }
    try text?.finish { bytes += $0 }
    return bytes
  }

  /// Pushes rows of JSON as a file of another format, whose columns have `types`.
  @discardableResult
  private func push(
    _ lines: String, as format: FileFormat = .jsonl, _ types: [DataText: ColumnType] = [:],
    named: [DataText: ColumnType] = [:], mode: PushMode = .replace, key: [String] = ["id"]
  ) throws -> PushResult {
    var options = PushOptions()
    options.key = key
    options.mode = mode
    options.types = named
    let folder = try TemporaryDirectory()
    let path = folder.path + "/file"
    try Data(try Self.file(lines, format, types)).write(to: URL(fileURLWithPath: path))
    let reader = try TableReader.open(
      path: path, format, compression: nil, name: "file", types: named)
    return try store.push(try DatasetName("d"), reader, options)
  }

  private func type(_ name: String) throws -> ColumnType? {
    let schema = try store.snapshot(try store.resolve(Reference(parsing: "d"))).schema
    return schema.index(of: name).map { schema.columns[$0].type }
  }

  private func pulled() throws -> String {
    let snapshot = try store.snapshot(try store.resolve(Reference(parsing: "d")))
    var text = TableText(.jsonl, columns: snapshot.schema.columns, nulls: false)
    var bytes: [UInt8] = []
    try text.append(
      try snapshot.batches(
        groups: snapshot.manifest.groups.indices, columns: Array(snapshot.schema.columns.indices))
    ) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let modes: [PushMode] = [.replace, .append, .merge]
  private static let vector = ColumnType(rawValue: "vector(2,f32)") ?? .json

  @Test(arguments: FileFormat.allCases, modes)
  func `a column of vectors that another list widens says which`(
    format: FileFormat, mode: PushMode
  ) throws {
    guard format != .json else { return }
    try push("{\"id\":1,\"v\":[0.1,-2]}\n", named: ["v": Self.vector])
    let widened = try push(
      "{\"id\":2}\n{\"id\":3,\"v\":[1,2.5]}\n{\"id\":4,\"v\":[1]}\n", as: format,
      ["v": .json], mode: mode)
    let place = format == .csv ? "line 4" : format == .jsonl ? "line 3" : "row 3"
    let note = "column 'v' was vector(2,f32) and is json now: \(place) has "
    if format == .csv {
      // A row without a list has an empty cell, of which a note says that it is null.
      #expect(
        widened.notes.contains { $0.hasPrefix(note) && $0.contains("[1]") }, "\(widened.notes)")
    } else {
      #expect(widened.notes == [note + "[1]"])
    }
    #expect(try type("v") == .json)
    // Lists stay lists, whatever text they came in.
    #expect(
      try pulled()
        == (mode == .replace ? "" : "{\"id\":1,\"v\":[0.1,-2.0]}\n")
        + "{\"id\":2}\n{\"id\":3,\"v\":[1,2.5]}\n{\"id\":4,\"v\":[1]}\n")
  }

  @Test(arguments: [FileFormat.parquet, .arrow], modes)
  func `vectors of another form are told by the first that is none of the dataset's`(
    format: FileFormat, mode: PushMode
  ) throws {
    try push("{\"id\":1,\"v\":[0.5,-2]}\n", named: ["v": Self.vector])
    let wide = try push(
      "{\"id\":2,\"v\":[1,2]}\n{\"id\":3,\"v\":[0.1,2]}\n", as: format,
      ["v": ColumnType(rawValue: "vector(2,f64)") ?? .json], mode: mode)
    #expect(
      wide.notes == ["column 'v' was vector(2,f32) and is vector(2,f64) now: row 2 has [0.1,2.0]"])
    let other = try push(
      "{\"id\":5,\"v\":[1,2,3]}\n", as: format,
      ["v": ColumnType(rawValue: "vector(3,f64)") ?? .json], mode: mode)
    let now = mode == .replace ? "vector(3,f64)" : "json"
    #expect(
      other.notes == ["column 'v' was vector(2,f64) and is \(now) now: row 1 has [1.0,2.0,3.0]"])
    // A file of numbers.
    try push("{\"id\":1,\"v\":[0.5,-2]}\n", named: ["v": Self.vector])
    let numbers = try push("{\"id\":6}\n{\"id\":7,\"v\":7}\n", as: format, mode: mode)
    let type = mode == .replace ? "int64" : "json"
    #expect(numbers.notes == ["column 'v' was vector(2,f32) and is \(type) now: row 2 has 7"])
    // Without a value it stays what it is.
    try push("{\"id\":1,\"v\":[0.5,-2]}\n", named: ["v": Self.vector])
    let nulls = try push("{\"id\":8,\"v\":null}\n", as: format, ["v": .int64], mode: mode)
    #expect(try nulls.notes.isEmpty && self.type("v") == Self.vector)
  }

  @Test(arguments: [FileFormat.parquet, .arrow], modes)
  func `the cell that is named is the first that does not fit`(
    format: FileFormat, mode: PushMode
  ) throws {
    try push("{\"id\":1,\"n\":7,\"t\":\"2026-01-01T00:00:00Z\"}\n", named: ["t": .timestamp])
    let widened = try push(
      "{\"id\":2,\"n\":1.0,\"t\":\"2026-01-01T00:00:00Z\"}\n"
        + "{\"id\":3,\"t\":\"soon\",\"n\":2.5}\n{\"id\":4,\"t\":\"later\",\"n\":3.5}\n",
      as: format, mode: mode)
    #expect(
      widened.notes == [
        "column 'n' was int64 and is float64 now: row 2 has 2.5",
        "column 't' was timestamp and is string now: row 2 has 'soon'",
      ])
  }

  @Test func `of JSON too the number that is named is the one that is no integer`() throws {
    try push("{\"id\":1,\"n\":7}\n")
    let widened = try push("{\"id\":2,\"n\":8}\n{\"id\":3,\"n\":2.5}\n")
    #expect(widened.notes == ["column 'n' was int64 and is float64 now: line 2 has 2.5"])
  }

  @Test(arguments: [FileFormat.parquet, .arrow])
  func `what is refused of a file without lines is told by its row`(format: FileFormat) throws {
    try push("{\"t\":\"2026-01-01T00:00:00Z\"}\n", named: ["t": .timestamp], key: ["t"])
    for mode in [PushMode.replace, .merge] {
      let error = #expect(throws: StoreError.self) {
        try push(
          "{\"t\":\"2026-01-02T00:00:00Z\"}\n{\"t\":\"soon\"}\n", as: format, mode: mode,
          key: ["t"])
      }
      let text = try #require(error).inFile("x", of: format).description
      #expect(text.hasPrefix("x: row 2: 'soon' is not of the type timestamp"), "\(text)")
    }
    try push("{\"id\":1}\n")
    for mode in Self.modes {
      let error = #expect(throws: StoreError.self) {
        try push("{\"id\":5}\n{\"id\":6}\n{\"id\":5}\n", as: format, mode: mode)
      }
      let text = try #require(error).inFile("x", of: format).description
      #expect(text.hasPrefix("x: row 3: ") && text.contains("first in row 1"), "\(text)")
    }
  }

  @Test func `a number that keeps its spelling asks for no type, whatever comes beside it`() throws
  {
    try push("{\"id\":1,\"n\":1,\"v\":[0.5,1]}\n{\"id\":2,\"n\":5}\n", named: ["v": Self.vector])
    let merged = try push(
      "{\"id\":1.0,\"n\":1.0}\n{\"id\":9,\"n\":7}\n{\"id\":2,\"n\":6}\n", mode: .merge)
    #expect(merged.notes.isEmpty)
    #expect(try type("n") == .int64 && type("id") == .int64)
    #expect(
      try pulled()
        == "{\"id\":1,\"n\":1,\"v\":[0.5,1.0]}\n{\"id\":2,\"n\":6}\n{\"id\":9,\"n\":7}\n")
    // An integer beyond floats is one all the same.
    try push("{\"id\":1,\"n\":1.0}\n{\"id\":3,\"n\":9007199254740993}\n", mode: .merge)
    #expect(try type("n") == .int64)
    let wide = try push(
      "{\"id\":1,\"v\":[0.5,1]}\n{\"id\":7,\"v\":[2,3]}\n", as: .parquet,
      ["v": ColumnType(rawValue: "vector(2,f64)") ?? .json], mode: .merge)
    #expect(try wide.notes.isEmpty && type("v") == Self.vector)
    let half = try push("{\"id\":1,\"n\":1.0}\n{\"id\":11,\"n\":0.5}\n", mode: .merge)
    // Beside an integer beyond floats.
    #expect(half.notes == ["column 'n' was int64 and is json now: line 2 has 0.5"])
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `a merge leaves the type that holds its rows, spelt as they were`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: seed)
    let pool = ["1", "1.0", "2", "2.0", "2.5", "9007199254740993", "\"1\"", "true", "1e300", "3"]
    let few = Int.random(in: 2...pool.count, using: &random)
    func rows(_ ids: Range<Int>) -> [Int: String] {
      Dictionary(
        uniqueKeysWithValues: ids.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }.map {
          ($0, pool[Int.random(in: 0..<few, using: &random)])
        })
    }
    let old = rows(0..<8)
    let new = rows(4..<12)
    guard !old.isEmpty, !new.isEmpty else { return }
    func lines(_ rows: [Int: String]) -> String {
      rows.sorted { $0.key < $1.key }.map { "{\"id\":\($0.key),\"n\":\($0.value)}\n" }.joined()
    }
    try push(lines(old))
    let base = try type("n")
    // A file of JSON is read with the dataset's types; what it reads is what is to be merged.
    try push(lines(new), mode: .merge)
    let (merged, found) = (try pulled(), try type("n"))
    let result = old.merging(new) { old, new in
      KeyNumber(json: Array(old.utf8)[...]).map { $0 == KeyNumber(json: Array(new.utf8)[...]) }
        == true ? old : new
    }
    let isJSON = base == .json || found == .json
    try push(lines(result), named: isJSON ? ["n": .json] : [:])
    let sorted = { (text: String) in text.split(separator: "\n").sorted() }
    #expect(try sorted(merged) == sorted(pulled()), "seed \(seed)")
    var reader = try JSONReader(
      MemorySource(name: "x", bytes: Array(lines(result).utf8)), layout: .lines)
    let needed = try #require(try reader.next()).rows.columns[1].type
    if needed == base { #expect(found == base, "seed \(seed)") }
  }

  @Test func `cells that are no files of a column of files are told`() throws {
    let digest = try store.putFile(MemorySource(name: "a", bytes: [1])).file.digest
    let file = "{\"digest\":\"\(digest)\",\"mediaType\":\"text/plain\",\"name\":\"a\",\"size\":1}"
    try push("{\"id\":1,\"f\":\(file)}\n", named: ["f": .file])
    let widened = try push("{\"id\":2,\"f\":\(file)}\n{\"id\":3,\"f\":\"a.txt\"}\n", mode: .merge)
    #expect(widened.notes == ["column 'f' was file and is json now: line 2 has \"a.txt\""])
  }
}
