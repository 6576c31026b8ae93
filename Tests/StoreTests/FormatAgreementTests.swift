import Columns
import Formats
import Foundation
import Model
import Store
import TestSupport
import Testing

/// One table in every format, pushed over the same rows: what differs is told.
@Suite(.tags(.slow), .unlessFast) struct `Formats over a dataset's types` {
  private static let types = [
    ColumnType.bool, .int64, .float64, .string, .timestamp, .json,
    ColumnType(rawValue: "vector(2,f32)") ?? .json, ColumnType(rawValue: "vector(2,f64)") ?? .json,
  ]

  /// A column of few values, of which some may be of another type too.
  private static func column(
    _ type: ColumnType, _ count: Int, using random: inout SeededGenerator
  ) -> ColumnVector {
    if type == .json || type == .string {
      let pool =
        type == .json
        ? ["1", "2.5", "\"x\"", "[1,2]", "[0.5,1.5]", "true", "{\"a\":[1.0]}"]
        : ["7", "2.5", "2026-10-01", "007", "true", "[1,2]", "", "soon"]
      var texts = TextValues()
      let few = Int.random(in: 1...pool.count, using: &random)
      for _ in 0..<count { texts.append(pool[Int.random(in: 0..<few, using: &random)].utf8) }
      return ColumnVector(type: type, count: count, validity: nil, values: .text(texts))
    }
    if type == .float64, Bool.random(using: &random) {
      let floats = (0..<count).map { _ in Double(Int.random(in: 0..<9, using: &random)) / 2 }
      return ColumnVector(
        type: type, count: count, validity: nil, values: .float64(floats, integral: nil))
    }
    let vector = RandomVectors.vector(type, count: count, using: &random)
    // JSON has no word for what is not finite.
    guard case .float64(let floats, let marks) = vector.values else { return vector }
    return ColumnVector(
      type: type, count: count, validity: vector.validity,
      values: .float64(floats.map { $0.isFinite ? $0 : 0.5 }, integral: marks))
  }

  private static func table(
    _ types: [ColumnType], ids: Range<Int>, using random: inout SeededGenerator
  ) -> SampleTable {
    var table = SampleTable(columns: [ColumnDefinition(name: "id", type: .int64)])
    table.vectors = [
      ColumnVector(
        type: .int64, count: ids.count, validity: nil, values: .int64(ids.map { Int64($0) }))
    ]
    for (index, type) in types.enumerated() {
      table.columns.append(ColumnDefinition(name: "c\(index)", type: type))
      table.vectors.append(column(type, ids.count, using: &random))
    }
    return table
  }

  /// What came of a push.
  private struct Outcome {
    let digest: Digest
    /// The types of the dataset's columns; nil for one that the file does not have.
    let types: [ColumnType?]
    let notes: [String]

    /// The note that tells what became of a column, and the place of the cell it names.
    func note(of column: String) -> (text: String, place: Int)? {
      let found = notes.filter { $0.hasPrefix("column '\(column)' was ") }
      guard found.count == 1, let end = found[0].split(separator: " now: ").last,
        let place = end.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
      else { return nil }
      return (found[0], place)
    }
  }

  /// Pushes a table as a file of `format` over another, in a store of its own.
  private static func push(
    _ table: SampleTable, _ format: FileFormat, over base: SampleTable, _ mode: PushMode
  ) throws -> Outcome {
    let temporary = try TemporaryStore()
    let store = temporary.store
    try store.push(base)
    var text = TableText(format, columns: table.columns, nulls: false)
    var bytes: [UInt8] = []
    try text.append([table.batch]) { bytes += $0 }
    try text.finish { bytes += $0 }
    let folder = try TemporaryDirectory()
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/file"))
    let reader = try TableReader.open(
      path: folder.path + "/file", format, compression: nil, name: "file")
    var options = PushOptions()
    options.key = ["id"]
    options.mode = mode
    let result = try store.push(try DatasetName("d"), reader, options)
    let schema = try store.snapshot(result.version).schema
    return Outcome(
      digest: result.version.snapshot,
      types: base.columns.map { column in
        schema.index(of: column.name).map { schema.columns[$0].type }
      }, notes: result.notes)
  }

  @Test(arguments: 0..<32 as Range<UInt64>, [PushMode.replace, .append, .merge])
  func `a type that changes is told once, by the cell without which it would not`(
    seed: UInt64, mode: PushMode
  ) throws {
    var random = SeededGenerator(seed: seed)
    let known = (0..<4).map { _ in Self.types.randomElement(using: &random) ?? .json }
    let others = known.map { type in
      Int.random(in: 0..<3, using: &random) == 0
        ? type : Self.types.randomElement(using: &random) ?? .json
    }
    let base = Self.table(known, ids: 0..<12, using: &random)
    let table = Self.table(
      others, ids: mode == .append ? 100..<110 : 6..<18, using: &random)
    var outcomes: [FileFormat: Outcome] = [:]
    for format in FileFormat.allCases {
      let label = "seed \(seed), \(mode) of \(format), \(known) and \(others)"
      let outcome = try Self.push(table, format, over: base, mode)
      outcomes[format] = outcome
      for (index, column) in base.columns.enumerated() {
        let note = outcome.note(of: column.name)
        let type = outcome.types[index] ?? column.type
        let isChanged = type != column.type && !base.vectors[index].isAllNull
        #expect((note != nil) == isChanged, "\(label), \(column.name): \(outcome.notes)")
        guard let note else { continue }
        // A header comes before the rows of CSV, and a bracket's line before those of JSON.
        let row = note.place - (format == .csv || format == .json ? 2 : 1)
        #expect(table.vectors[index].hasValue(row), "\(label): \(note.text)")
        let before = table.picking(Array(0..<row))
        // Texts of a file with types of its own are texts, though they write moments.
        guard row > 0, column.type != .timestamp || format.hasLines else { continue }
        let less = try Self.push(before, format, over: base, mode)
        #expect(less.types[index] != outcome.types[index], "\(label): \(note.text)")
      }
    }
    #expect(outcomes[.parquet]?.digest == outcomes[.arrow]?.digest, "seed \(seed) \(mode)")
    #expect(outcomes[.parquet]?.notes == outcomes[.arrow]?.notes, "seed \(seed) \(mode)")
    #expect(outcomes[.jsonl]?.digest == outcomes[.json]?.digest, "seed \(seed) \(mode)")
    // JSON says nothing of a column without values.
    if known == others, !table.vectors.contains(where: \.isAllNull) {
      let digests = Set(outcomes.values.map(\.digest))
      #expect(digests.count == 1, "seed \(seed), \(mode) of \(known)")
    }
  }
}
