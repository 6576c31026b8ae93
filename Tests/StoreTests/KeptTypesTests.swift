import Columns
import Formats
import Model
import Store
import TestSupport
import Testing

/// A dataset's types outlive files that do not say them.
@Suite struct `Types of a dataset` {
  private let temporary: TemporaryStore

  init() throws { temporary = try TemporaryStore() }

  private var store: Store { temporary.store }

  @discardableResult
  private func push(
    _ text: String, _ format: FileFormat = .jsonl, key: [String]? = ["id"],
    types: [DataText: ColumnType] = [:], mode: PushMode = .replace
  ) throws -> PushResult {
    var options = PushOptions()
    options.key = key
    options.types = types
    options.mode = mode
    return try store.push(
      DatasetName("d"), try Self.reader(Array(text.utf8), format, types), options)
  }

  private static func reader(
    _ bytes: [UInt8], _ format: FileFormat, _ types: [DataText: ColumnType] = [:]
  ) throws -> any RowReader {
    let source = MemorySource(name: "rows", bytes: bytes)
    let options = ReadOptions(types: types)
    return switch format {
    case .csv: CSVReader(source: source, options: options)
    case .jsonl: try JSONReader(source, layout: .lines, options: options)
    default: try JSONReader(source, layout: .array, options: options)
    }
  }

  @Test func `a merge tells the values that rows of JSON without a column lose`() throws {
    let base = #"{"id":1,"a":1,"b":2}"# + "\n" + #"{"id":2,"a":1,"b":2}"#
    try push(base)
    let part = try push(#"{"id":1,"a":9}"#, mode: .merge)
    #expect(part.notes.isEmpty)
    #expect(
      try pull(.jsonl).elementsEqual((base.replacing("1,\"a\":1", with: "1,\"a\":9") + "\n").utf8))
    let mixed = try push("{\"id\":1,\"a\":10}\n{\"id\":3,\"b\":5}", mode: .merge)
    #expect(
      mixed.notes == [
        "column 'b': 1 value became null, of rows that the file has without it; columns that no row "
          + "of it has stay"
      ])
    // A cell of CSV is there, be it empty.
    #expect(try push("id,a\n1,\n2,7\n", .csv, mode: .merge).notes.isEmpty)
  }

  private func pull(_ format: FileFormat) throws -> [UInt8] {
    let snapshot = try store.snapshot(try store.resolve(Reference(parsing: "d")))
    let batches = try snapshot.batches(
      groups: snapshot.manifest.groups.indices, columns: Array(snapshot.schema.columns.indices))
    var text = TableText(format, columns: snapshot.schema.columns, nulls: false)
    var bytes: [UInt8] = []
    try text.append(batches) { bytes += $0 }
    try text.finish { bytes += $0 }
    return bytes
  }

  private func types() throws -> [DataText: ColumnType] {
    let snapshot = try store.snapshot(try store.resolve(Reference(parsing: "d")))
    return Dictionary(
      uniqueKeysWithValues: snapshot.schema.columns.map { (DataText($0.name), $0.type) })
  }

  /// A table of a column of every type, with an integer key; values that JSON has no word for are
  /// left out where `isJSON`.
  private static func table(
    isJSON: Bool, using random: inout SeededGenerator
  ) -> SampleTable {
    let count = Int.random(in: 1...60, using: &random)
    var table = SampleTable(columns: [ColumnDefinition(name: "id", type: .int64)])
    table.vectors = [
      ColumnVector(
        type: .int64, count: count, validity: nil, values: .int64((0..<count).map { Int64($0) }))
    ]
    for type in [ColumnType.bool, .int64, .float64, .string, .timestamp] {
      var vector = RandomVectors.vector(type, count: count, using: &random)
      if isJSON, case .float64(let floats, let marks) = vector.values {
        let finite = floats.map { $0.isFinite ? $0 : 0.5 }
        vector = ColumnVector(
          type: type, count: count, validity: vector.validity,
          values: .float64(finite, integral: marks))
      }
      table.columns.append(ColumnDefinition(name: "\(type)", type: type))
      table.vectors.append(vector)
    }
    for (name, pool) in [
      ("words", ["007", "8", "True", "NA", "", "nan", "1e999", " x", "a;b", "2026-10-01", "null"]),
      ("json", ["7", "1.5", "\"7\"", "\"a,b\"", "true", "[1,2.0]", #"{"a":null}"#, "\"\""]),
    ] {
      var texts = TextValues()
      for _ in 0..<count { texts.append((pool.randomElement(using: &random) ?? "").utf8) }
      let type = ColumnType(rawValue: name) ?? .string
      table.columns.append(ColumnDefinition(name: name, type: type))
      table.vectors.append(
        ColumnVector(type: type, count: count, validity: nil, values: .text(texts)))
    }
    return table
  }

  @Test(arguments: 0..<60 as Range<UInt64>, [FileFormat.csv, .jsonl, .json])
  func `what was pulled changes nothing, and a cell of it changes one cell`(
    seed: UInt64, format: FileFormat
  ) throws {
    var random = SeededGenerator(seed: seed)
    let table = Self.table(isJSON: format != .csv, using: &random)
    try store.push(table)
    let name = try DatasetName("d")
    let bytes = try pull(format)
    for mode in [PushMode.replace, .merge] {
      var options = PushOptions()
      options.mode = mode
      let again = try store.push(name, try Self.reader(bytes, format), options)
      #expect(!again.isNew, "seed \(seed) \(format) \(mode): \(again.notes)")
    }
    // Part of the rows, merged back.
    let snapshot = try store.snapshot(try store.resolve(Reference(parsing: "d")))
    let rows = (0..<table.count).filter { _ in Bool.random(using: &random) }
    if !rows.isEmpty {
      let part = table.picking(rows)
      var text = TableText(format, columns: snapshot.schema.columns, nulls: false)
      var some: [UInt8] = []
      try text.append([part.batch]) { some += $0 }
      try text.finish { some += $0 }
      var options = PushOptions()
      options.mode = .merge
      let again = try store.push(name, try Self.reader(some, format), options)
      #expect(!again.isNew, "seed \(seed) \(format) part: \(again.notes)")
    }
    // One cell changes, to another value of its type.
    var edited = table
    let column = Int.random(in: 1..<table.columns.count, using: &random)
    let row = Int.random(in: 0..<table.count, using: &random)
    guard let vector = Self.edited(table.vectors[column], row) else { return }
    edited.vectors[column] = vector
    var text = TableText(format, columns: snapshot.schema.columns, nulls: false)
    var changed: [UInt8] = []
    try text.append([edited.batch]) { changed += $0 }
    try text.finish { changed += $0 }
    let result = try store.push(name, try Self.reader(changed, format), PushOptions())
    // In CSV a null of a text column is an empty cell, which is said.
    let notes = result.notes.filter { !(format == .csv && $0.contains("empty cell")) }
    #expect(result.isNew && notes.isEmpty, "seed \(seed) \(format): \(notes)")
    let stored = try store.table("d")
    #expect(stored.columns == table.columns, "seed \(seed) \(format)")
    for (position, vector) in stored.vectors.enumerated() {
      #expect(vector == edited.vectors[position], "seed \(seed) \(format) column \(position)")
    }
  }

  /// The column with another value in one row; nil where it has no value to change.
  private static func edited(_ vector: ColumnVector, _ row: Int) -> ColumnVector? {
    guard vector.hasValue(row) else { return nil }
    let values: ColumnVector.Values
    switch vector.values {
    case .bool(var bits):
      bits[row] = !bits[row]
      values = .bool(bits)
    case .int64(var integers):
      integers[row] = integers[row] == 5 ? 6 : 5
      values = .int64(integers)
    case .float64(var floats, var marks):
      floats[row] = floats[row] == 0.25 ? 0.75 : 0.25
      marks?[row] = false
      values = .float64(floats, integral: marks?.setCount == 0 ? nil : marks)
    case .text(let texts):
      var changed = TextValues()
      for index in 0..<texts.count {
        changed.append(
          index == row
            ? Array((vector.type == .json ? #"[true,"x"]"# : "another, text").utf8)
            : Array(texts.bytes[texts.range(index)]))
      }
      values = .text(changed)
    case .none, .dictionary: return nil
    }
    return ColumnVector(
      type: vector.type, count: vector.count, validity: vector.validity, values: values)
  }

  @Test func `timestamps stay, whichever text they come back in`() throws {
    let rows = """
      {"id":1,"t":"2024-03-31T01:30:00Z"}
      {"id":2,"t":"2024-03-31T03:30:00+02:00"}
      """
    try push(rows, types: ["t": .timestamp])
    for format in [FileFormat.csv, .json, .jsonl] {
      for mode in [PushMode.replace, .merge] {
        let bytes = try pull(format)
        let result = try push(String(decoding: bytes, as: UTF8.self), format, mode: mode)
        #expect(!result.isNew, "\(format) \(mode)")
      }
    }
    try push(#"{"id":3,"t":"2026-10-01"}"#, mode: .append)
    #expect(try types()["t"] == .timestamp)
    let widened = try push("id,t\n4,soon\n", .csv, mode: .append)
    #expect(try types()["t"] == .string)
    #expect(widened.notes == ["column 't' was timestamp and is string now: line 2 has 'soon'"])
    #expect(
      try pull(.csv)
        == Array(
          "id,t\n1,2024-03-31T01:30:00Z\n2,2024-03-31T01:30:00Z\n3,2026-10-01T00:00:00Z\n4,soon\n"
            .utf8))
  }

  @Test func `texts that look like numbers stay texts`() throws {
    try push("id,v\n1,007\n", .csv)
    try push("id,v\n2,8\n", .csv, mode: .append)
    #expect(try pull(.jsonl) == Array("{\"id\":1,\"v\":\"007\"}\n{\"id\":2,\"v\":\"8\"}\n".utf8))
    let replaced = try push("id,v\n2,8\n", .csv)
    #expect(try types()["v"] == .string)
    #expect(replaced.notes.count == 1 && replaced.notes[0].contains("--types v=int64"))
    // A key of another type would be that of other rows.
    try push("id,v\na,word\n", .csv)
    #expect(try push("id,v\n1,word\n", .csv).notes.isEmpty)
  }

  @Test func `JSON says numbers, texts and truth values itself`() throws {
    try push("id,v\n1,007\n", .csv)
    let numbers = try push(#"{"id":1,"v":7}"#)
    #expect(try types()["v"] == .int64)
    #expect(numbers.notes == ["column 'v' was string and is int64 now: line 1 has 7"])
    let mixed = try push("{\"id\":1,\"v\":\"x\"}\n{\"id\":2,\"v\":7}\n", key: ["id"])
    #expect(mixed.notes == ["column 'v' was int64 and is json now: line 1 has \"x\""])
    try push(#"{"id":1,"v":7}"#, types: ["v": .int64])
    let float = try push(#"{"id":1,"v":7.0}"#)
    #expect(float.notes == ["column 'v' was int64 and is float64 now: line 1 has 7.0"])
    #expect(try pull(.jsonl) == Array("{\"id\":1,\"v\":7.0}\n".utf8))
    try push(#"{"id":1,"v":7.5}"#, types: ["v": .float64])
    #expect(try types()["v"] == .float64)
    let whole = try push(#"{"id":1,"v":8}"#)
    #expect(try types()["v"] == .float64 && whole.notes.isEmpty)
    try push(#"{"id":1,"v":true}"#)
    #expect(try types()["v"] == .bool)
    let zero = try push(#"{"id":1,"v":0}"#)
    #expect(zero.notes == ["column 'v' was bool and is int64 now: line 1 has 0"])
  }

  @Test func `the cell that is named made its column what it is`() throws {
    try push("{\"id\":1,\"t\":0}\n{\"id\":2,\"t\":1}")
    let mixed = try push("{\"id\":1.0,\"t\":0.0}\n{\"id\":\"2\",\"t\":1}")
    #expect(
      mixed.notes == [
        "column 'id' was int64 and is json now: line 2 has \"2\"",
        "column 't' was int64 and is float64 now: line 1 has 0.0",
      ])
  }

  @Test func `floats without a fraction come back from CSV to a column of integers as such`() throws
  {
    try push("{\"id\":1,\"n\":5}\n{\"id\":2}")
    #expect(try !push("id,n\n1,5.0\n2,\n", .csv).isNew)
    let half = try push("{\"id\":1,\"n\":5.0}\n{\"id\":2,\"n\":1.5}")
    #expect(half.notes == ["column 'n' was int64 and is float64 now: line 1 has 5.0"])
    #expect(try pull(.csv) == Array("id,n\n1,5.0\n2,1.5\n".utf8))
  }

  @Test func `rows of JSON that leave nulls out say neither the columns nor their order`() throws {
    let rows = """
      {"id":1,"a":1,"b":"x","c":true,"n":null}
      {"id":2,"b":"y","c":null}
      """
    let first = try push(rows)
    let turned = "{\"id\":2,\"b\":\"y\"}\n{\"id\":1,\"a\":1,\"b\":\"x\",\"c\":true}\n"
    try push(turned)
    let columns = ["id", "a", "b", "c", "n"]
    #expect(try store.table("d").columns.map(\.name) == columns)
    #expect(try push(rows).version.snapshot == first.version.snapshot)
    // New ones follow; a row that has another order shows it; a column that had values is gone.
    try push("{\"id\":1,\"z\":0}\n{\"id\":2,\"c\":true,\"b\":\"y\"}\n")
    #expect(try store.table("d").columns.map(\.name) == ["id", "z", "c", "b"])
    try push("{\"id\":1,\"z\":0}\n{\"id\":2,\"q\":1,\"c\":true}\n")
    #expect(try store.table("d").columns.map(\.name) == ["id", "z", "q", "c"])
  }

  @Test func `a column of nulls has one type, whatever the format`() throws {
    let csv = try push("id,x\n1,\n2,\n", .csv)
    #expect(try types()["x"] == .json)
    for (text, format) in [
      ("{\"id\":1,\"x\":null}\n{\"id\":2,\"x\":null}", FileFormat.jsonl),
      ("[{\"id\":1,\"x\":null},{\"id\":2,\"x\":null}]", .json),
    ] {
      #expect(try push(text, format).version == csv.version)
    }
    // It has no type yet: the first values give it one.
    try push("id,x\n1,5\n2,\n", .csv)
    #expect(try types()["x"] == .int64)
    // And what has one keeps it without values.
    let gone = try push("id,x\n1,\n2,\n", .csv)
    #expect(try types()["x"] == .int64)
    #expect(try push("{\"id\":1,\"x\":null}\n{\"id\":2,\"x\":null}").version == gone.version)
    try push("id,x\n3,\n", .csv, mode: .append)
    #expect(try types()["x"] == .int64)
  }

  @Test func `a type that was named for nulls is kept for the first values`() throws {
    try push("{\"id\":1,\"t\":null}", types: ["t": .timestamp])
    try push("{\"id\":1,\"t\":\"2026-10-01T00:00:00Z\"}")
    #expect(try types()["t"] == .timestamp)
    try push("{\"id\":1,\"t\":null}", types: ["t": .bool])
    try push("id,t\n1,true\n", .csv)
    #expect(try types()["t"] == .bool)
    try push("{\"id\":1,\"t\":null}", types: ["t": .bool])
    #expect(try push("id,t\n1,soon\n", .csv).notes.isEmpty)
    #expect(try types()["t"] == .string)
  }

  @Test func `a column of JSON stays one until a type is named`() throws {
    try push("{\"id\":1,\"x\":[1]}\n{\"id\":2,\"x\":\"a\"}")
    try push("{\"id\":1,\"x\":1}\n{\"id\":2,\"x\":98765432109876543210}")
    #expect(try types()["x"] == .json)
    let csv = try push("id,x\n1,hello\n2,\"[1, 2]\"\n3,\"\"\"5\"\"\"\n", .csv)
    #expect(try types()["x"] == .json)
    #expect(csv.notes == ["read as: cells that are not JSON as texts (the first on line 2) in x"])
    #expect(
      try pull(.jsonl)
        == Array(
          "{\"id\":1,\"x\":\"hello\"}\n{\"id\":2,\"x\":[1,2]}\n{\"id\":3,\"x\":\"5\"}\n".utf8))
    try push("{\"id\":1,\"x\":1}", types: ["x": .int64])
    #expect(try types()["x"] == .int64)
  }

  @Test func `rows of CSV join others as they would in one file`() throws {
    try push("id,n\n1,5\n", .csv)
    let widened = try push("id,n\n2,abc\n", .csv, mode: .append)
    #expect(widened.notes == ["column 'n' was int64 and is string now: line 2 has 'abc'"])
    #expect(try pull(.csv) == Array("id,n\n1,5\n2,abc\n".utf8))
    try push("id,n\n1,5\n", .csv, types: ["n": .int64])
    try push("id,n\n2,0.5\n", .csv, mode: .merge)
    #expect(try types()["n"] == .float64)
    #expect(try pull(.csv) == Array("id,n\n1,5\n2,0.5\n".utf8))
    try push("id,n\n1,true\n", .csv, types: ["n": .bool])
    try push("id,n\n2,17\n", .csv, mode: .append)
    #expect(try pull(.jsonl) == Array("{\"id\":1,\"n\":\"true\"}\n{\"id\":2,\"n\":\"17\"}\n".utf8))
  }

  @Test func `types are what is named for them, whatever the dataset has`() throws {
    try push("id,n,t\n1,5,2026-10-01\n", .csv)
    try push("id,n,t\n1,5,2026-10-01\n", .csv, types: ["n": .string, "t": .timestamp])
    #expect(try types() == ["id": .int64, "n": .string, "t": .timestamp])
    try push("id,n,t\n1,6,2026-10-01 12:00:00\n", .csv)
    #expect(try types() == ["id": .int64, "n": .string, "t": .timestamp])
  }

  @Test func `nulls of many batches have the type of values that come late`() throws {
    let filler = String(repeating: "x", count: 1 << 20)
    var rows = ""
    for id in 0..<20 { rows += "{\"id\":\(id),\"x\":null,\"f\":\"\(filler)\"}\n" }
    try push("{\"id\":0,\"x\":null}", types: ["x": .string])
    try push(rows + "{\"id\":98,\"x\":5}\n")
    #expect(try types()["x"] == .int64)
    // An integer that no float holds beside floats without a fraction: each would be an integer.
    let wide = "{\"id\":98,\"x\":9007199254740993}\n{\"id\":99,\"x\":1.0}\n"
    try push(rows + wide)
    #expect(try types()["x"] == .json)
  }

  @Test func `a value that comes late leaves the ones before it as they were written`() throws {
    try push(#"{"id":0,"t":"2026-10-01T00:00:00Z"}"#, types: ["t": .timestamp])
    // Beyond one block of what is read at once.
    let filler = String(repeating: "x", count: 1 << 20)
    var rows = ""
    for id in 0..<40 { rows += "{\"id\":\(id),\"t\":\"2026-10-01\",\"f\":\"\(filler)\"}\n" }
    for mode in [PushMode.merge, .replace] {
      let result = try push(rows + "{\"id\":99,\"t\":\"soon\"}\n", mode: mode)
      #expect(result.notes == ["column 't' was timestamp and is string now: line 41 has 'soon'"])
      let table = try store.table("d")
      let column = try #require(table.columns.firstIndex { $0.name == "t" })
      #expect(table.vectors[column].display(39) == "'2026-10-01'")
      try push(#"{"id":0,"t":"2026-10-01T00:00:00Z"}"#, types: ["t": .timestamp])
    }
  }
}
