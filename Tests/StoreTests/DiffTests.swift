import Columns
import Model
import Store
import TestSupport
import Testing

@Suite struct DiffTests {
  @Test(arguments: 0..<8)
  func `a diff is what a comparison of the rows finds`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let temporary = try TemporaryStore()
    var table = SampleTable(count: 400, using: &random)
    var tables: [SampleTable] = []
    for version in 0..<20 {
      try temporary.store.push(table)
      tables.append(table)
      table = table.edited("v\(version)", using: &random)
    }
    // Neighbours, versions apart, and back in time.
    for (old, new) in [(1, 2), (2, 3), (16, 17), (17, 18), (1, 20), (20, 1), (5, 12), (15, 17)] {
      let store = try temporary.reopened()
      let diff = try store.diff(
        try store.snapshot(try store.resolve(Reference(parsing: "d@\(old)"))),
        try store.snapshot(try store.resolve(Reference(parsing: "d@\(new)"))))
      let expected = Expected(tables[old - 1], tables[new - 1])
      #expect(try ids(diff, diff.added, diff.new) == expected.added, "\(old) to \(new)")
      #expect(try ids(diff, diff.removed, diff.old) == expected.removed, "\(old) to \(new)")
      let changed = try ids(diff, diff.changed.map(\.new), diff.new)
      let names = diff.changed.map { Set($0.columns.map { diff.columns[$0].name }) }
      #expect(
        Dictionary(uniqueKeysWithValues: zip(changed, names)) == expected.changed,
        "\(old) to \(new)")
      #expect(
        try ids(diff, diff.changed.map(\.old), diff.old) == changed, "\(old) to \(new)")
    }
  }

  @Test func `rows without a key are compared as multisets`() throws {
    var random = SeededGenerator(seed: 2)
    let temporary = try TemporaryStore()
    let table = SampleTable(count: 30, using: &random)
    try temporary.store.push(table.picking([0, 1, 1, 2, 3]), key: [])
    try temporary.store.push(table.picking([1, 0, 3, 3, 4]), key: [])
    let store = temporary.store
    let diff = try store.diff(
      try store.snapshot(try store.resolve(Reference(parsing: "d@1"))),
      try store.snapshot(try store.resolve(Reference(parsing: "d@2"))))
    #expect(Set(try ids(diff, diff.added, diff.new)) == ["row-3", "row-4"])
    #expect(Set(try ids(diff, diff.removed, diff.old)) == ["row-1", "row-2"])
    #expect(diff.changed.isEmpty)
  }

  private func ids(
    _ diff: VersionDiff, _ places: [VersionDiff.Place], _ snapshot: Snapshot
  ) throws -> [String] {
    let rows = try diff.rows(places, of: snapshot)
    return (0..<rows.count).map { rows.vectors[0].display($0).filter { $0 != "'" } }
  }

  /// What a plain comparison of two tables finds.
  private struct Expected {
    var added: [String] = []
    var removed: [String] = []
    var changed: [String: Set<String>] = [:]

    init(_ old: SampleTable, _ new: SampleTable) {
      let oldRows = Self.rows(old)
      let newRows = Self.rows(new)
      let oldOfID = Dictionary(uniqueKeysWithValues: oldRows.enumerated().map { ($1, $0) })
      for (row, id) in newRows.enumerated() {
        guard let oldRow = oldOfID[id] else {
          added.append(id)
          continue
        }
        for column in new.vectors.indices
        where !CellComparison(old.vectors[column], new.vectors[column]).areEqual(oldRow, row) {
          changed[id, default: []].insert(new.columns[column].name)
        }
      }
      let newIDs = Set(newRows)
      removed = oldRows.filter { !newIDs.contains($0) }
    }

    private static func rows(_ table: SampleTable) -> [String] {
      (0..<table.count).map { table.vectors[0].display($0).filter { $0 != "'" } }
    }
  }
}

@Suite struct RecurringContentDiffTests {
  /// Chunks that come back were stored by commits that matched rows otherwise.
  @Test(arguments: 0..<6)
  func `states that come and go are compared by their values`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let temporary = try TemporaryStore()
    var table = SampleTable(count: 12, using: &random)
    // Few distinct values, so that whole columns recur.
    table.vectors[2] = ColumnVector(
      type: .int64, count: 12, validity: nil, values: .int64((0..<12).map { Int64($0 / 8) }))
    var tables: [SampleTable] = []
    for _ in 0..<30 {
      let rows = (0..<12).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
      let next = table.picking(Bool.random(using: &random) ? rows : rows.shuffled(using: &random))
      guard next.count > 0, try temporary.store.push(next).isNew else { continue }
      tables.append(next)
    }
    for new in 2...tables.count {
      let diff = try temporary.store.diff(
        try temporary.store.snapshot(
          try temporary.store.resolve(Reference(parsing: "d@\(new - 1)"))),
        try temporary.store.snapshot(try temporary.store.resolve(Reference(parsing: "d@\(new)"))))
      #expect(diff.changed.isEmpty, "\(new - 1) to \(new)")
    }
  }
}
