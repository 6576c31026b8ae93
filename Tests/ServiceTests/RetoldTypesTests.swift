import Model
import Objects
import Store
import TestSupport
import Testing
import Wire

/// What a merge or an append says where the file's types are not those of the dataset, and the
/// types that are named then: they hold for the rows that are there, too.
@Suite struct `Types named for rows that are there` {
  private let desk: Desk

  init() throws { desk = try Desk() }

  /// A file with types of its own.
  private func typed(
    _ lines: String, _ format: FileFormat, _ types: [DataText: ColumnType]
  ) throws -> [UInt8] {
    let name = "made.\(WriteID.make())"
    try desk.push(lines, to: name, key: ["id"]) { $0.types = types }
    return try desk.pull(name, format)
  }

  private func types(_ reference: String = "d") throws -> [DataText: ColumnType] {
    let snapshot = try desk.store.snapshot(
      try desk.store.resolve(Reference(parsing: reference)))
    return Dictionary(
      uniqueKeysWithValues: snapshot.schema.columns.map { (DataText($0.name), $0.type) })
  }

  private func pulled() throws -> String { String(decoding: try desk.pull(), as: UTF8.self) }

  private static let texts =
    "{\"id\":1,\"ts\":\"2026-11-01 08:00:00.25+00:00\"}\n{\"id\":2,\"ts\":\"2026-11-02\"}\n"

  private static let line =
    "the moments of the file are texts in 'ts', since it is string in the dataset: "
    + "'--types ts=timestamp' makes them moments, and the texts that are there"

  @Test(arguments: [FileFormat.parquet, .arrow])
  func `moments that become texts are told, and the type that is named makes all moments`(
    format: FileFormat
  ) throws {
    try desk.push(Self.texts, key: ["id"])
    let same = try typed(Self.texts, format, ["ts": .timestamp])
    // The same moments change nothing, however their texts are spelt.
    let merged = try desk.push(same, format, .merge)
    #expect(!merged.isNew && merged.notes == [Self.line])
    let other = try typed("{\"id\":3,\"ts\":\"2026-11-03\"}\n", format, ["ts": .timestamp])
    #expect(try desk.push(other, format, .append).notes == [Self.line])
    #expect(try types()["ts"] == .string)
    #expect(try pulled().hasSuffix("\"ts\":\"2026-11-03T00:00:00Z\"}\n"))
    // Done as told.
    let named = try desk.push(same, format, .merge) { $0.types = ["ts": .timestamp] }
    #expect(try named.notes.isEmpty && types()["ts"] == .timestamp)
    #expect(
      try pulled() == "{\"id\":1,\"ts\":\"2026-11-01T08:00:00.250Z\"}\n"
        + "{\"id\":2,\"ts\":\"2026-11-02T00:00:00Z\"}\n{\"id\":3,\"ts\":\"2026-11-03T00:00:00Z\"}\n"
    )
  }

  @Test func `moments in a column of JSON and in a key of texts are told`() throws {
    try desk.push("{\"id\":1,\"ts\":[1]}\n{\"id\":2,\"ts\":\"2026-11-02\"}\n", key: ["id"])
    let file = try typed("{\"id\":2,\"ts\":\"2026-11-02\"}\n", .parquet, ["ts": .timestamp])
    let told = try desk.push(file, .parquet, .merge).notes
    #expect(told.count == 1 && told[0].hasPrefix("the moments of the file are texts in 'ts'"))
    let refused = #expect(throws: StoreError.self) {
      try desk.push(file, .parquet, .merge) { $0.types = ["ts": .timestamp] }
    }
    #expect(refused?.message.contains("([1] is not one)") == true, "\(refused?.message ?? "")")
    try desk.push(Self.texts, to: "k", key: ["ts"])
    let keys = try desk.push(file, to: "k", .parquet, .merge).notes
    #expect(
      keys.contains {
        $0.hasSuffix("to have them as keys, push all rows with '--types ts=timestamp'")
      }, "\(keys)")
  }

  private static let numbers = "id,s\n1,1\n2,0\n3,\n"
  private static let advice =
    "; where 0 and 1 are false and true, '--types s=bool' makes all of them so"
  private static let truths = "{\"id\":1,\"s\":true}\n{\"id\":2,\"s\":false}\n{\"id\":3}\n"

  @Test(arguments: [FileFormat.csv, .jsonl, .parquet, .arrow])
  func `truth values over 0 and 1 say the type that reads both`(format: FileFormat) throws {
    try desk.push(Self.numbers, .csv, key: ["id"])
    let lines = "{\"id\":4,\"s\":true}\n{\"id\":5,\"s\":false}\n"
    let file =
      format == .csv
      ? Array("id,s\n4,True\n5,False\n".utf8)
      : format == .jsonl ? Array(lines.utf8) : try typed(lines, format, [:])
    let told = try desk.push(file, format, .merge).notes.filter { !$0.hasPrefix("read as") }
    #expect(told.count == 1 && told[0].hasSuffix(Self.advice), "\(told)")
    // Done as told, also after what was merged without.
    for (name, reference) in [("again.1", "d@1"), ("again.2", "d@2")] {
      try desk.push(try desk.pull(reference, .parquet), to: name, .parquet, key: ["id"])
      try desk.push(file, to: name, format, .merge) { $0.types = ["s": .bool] }
      #expect(try types(name)["s"] == .bool)
      #expect(String(decoding: try desk.pull(name), as: UTF8.self) == Self.truths + lines)
    }
  }

  @Test(arguments: [FileFormat.csv, .jsonl, .parquet, .arrow])
  func `0 and 1 over truth values are those where that type is named`(format: FileFormat) throws {
    try desk.push(Self.truths, key: ["id"])
    let isCSV = format == .csv
    let bytes =
      isCSV
      ? Array("id,s\n4,1\n5,0\n".utf8)
      : try typed("{\"id\":4,\"s\":1}\n{\"id\":5,\"s\":0}\n", format, [:])
    if !isCSV {
      try desk.push(try desk.pull(), to: "untold", .jsonl, key: ["id"])
      let told = try desk.push(bytes, to: "untold", format, .merge).notes
      #expect(told.count == 1 && told[0].hasSuffix(Self.advice), "\(told)")
    }
    try desk.push(bytes, format, .merge) { $0.types = ["s": .bool] }
    #expect(try types()["s"] == .bool)
    #expect(try pulled() == Self.truths + "{\"id\":4,\"s\":true}\n{\"id\":5,\"s\":false}\n")
    // Another number is no truth value.
    let two =
      isCSV ? Array("id,s\n6,2\n".utf8) : try typed("{\"id\":6,\"s\":2}\n", format, [:])
    #expect(throws: StoreError.self) {
      try desk.push(two, format, .merge) { $0.types = ["s": .bool] }
    }
  }

  @Test func `what is no value of the named type is named, and the version stays`() throws {
    try desk.push("id,s\n1,1\n2,2\n", .csv, key: ["id"])
    let error = #expect(throws: StoreError.self) {
      try desk.push("id,s\n3,True\n", .csv, key: nil, .merge) { $0.types = ["s": .bool] }
    }
    #expect(error?.message.contains("not all be kept as bool (2 is not one)") == true)
    try desk.push("id,n\n1,1.5\n2,NA\n", to: "n", .csv, key: ["id"]) {
      $0.types = ["n": .string]
    }
    // A word for null is a text in a column of texts.
    let word = #expect(throws: StoreError.self) {
      try desk.push("id,n\n3,2.5\n", to: "n", .csv, key: nil, .merge) { $0.types = ["n": .float64] }
    }
    #expect(word?.message.contains("'NA' is not one") == true, "\(word?.message ?? "")")
    try desk.push("id,n\n2,7\n", to: "n", .csv, key: nil, .merge)
    try desk.push("id,n\n3,2.5\n", to: "n", .csv, key: nil, .merge) { $0.types = ["n": .float64] }
    #expect(try types("n")["n"] == .float64)
    // A key keeps the type of its values.
    try desk.push("id,s\n1,a\n", to: "k", .csv, key: ["id"]) { $0.types = ["id": .string] }
    #expect(throws: StoreError.self) {
      try desk.push("id,s\n1,b\n", to: "k", .csv, key: nil, .merge) { $0.types = ["id": .int64] }
    }
  }
}
