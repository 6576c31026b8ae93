import Columns
import Model
import Store
import TestSupport
import Testing

@Suite struct RowTrackerTests {
  @Test(arguments: 0..<6)
  func `a row's changes are what a comparison of its versions finds`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let temporary = try TemporaryStore()
    var table = SampleTable(count: 300, using: &random)
    var tables: [SampleTable] = []
    for version in 0..<16 {
      try temporary.store.push(table)
      tables.append(table)
      table = table.edited("v\(version)", using: &random)
    }
    let store = try temporary.reopened()
    let versions = try store.versions(of: try DatasetName("d")).reversed()
    try #require(versions.count == tables.count)
    let ids = Set(tables.flatMap { Self.ids($0) }).sorted()
    for id in ids.shuffled(using: &random).prefix(60) {
      var tracker = try RowTracker(
        RowIdentity(columns: [tables[0].columns[0].name], values: [id]), in: store
      ) { _ in true }
      var wasThere = false
      var before: (table: SampleTable, row: Int)?
      for (version, table) in zip(versions, tables) {
        let change = try tracker.next(version)
        let row = Self.ids(table).firstIndex(of: id)
        switch (before, row) {
        case (nil, nil): #expect(change == nil)
        case (nil, _?):
          #expect(change?.kind == (wasThere ? .returned : .added), "\(id) in \(version.number)")
          wasThere = true
        case (_?, nil): #expect(change?.kind == .removed, "\(id) in \(version.number)")
        case (let old?, let row?):
          let names = table.columns.indices.filter { column in
            !CellComparison(old.table.vectors[column], table.vectors[column])
              .areEqual(old.row, row)
          }.map { table.columns[$0].name }
          #expect(
            Set(change?.cells.map(\.column) ?? []) == Set(names), "\(id) in \(version.number)")
          for cell in change?.cells ?? [] {
            let column = try #require(table.columns.firstIndex { $0.name == cell.column })
            let value = table.vectors[column].slice(row..<row + 1)
            #expect((cell.new ?? .nulls(value.type, count: 1)) == value)
            let past = old.table.vectors[column].slice(old.row..<old.row + 1)
            #expect((cell.old ?? .nulls(past.type, count: 1)) == past)
          }
        }
        before = row.map { (table, $0) }
      }
    }
  }

  private static func ids(_ table: SampleTable) -> [String] {
    (0..<table.count).map { table.vectors[0].display($0).filter { $0 != "'" } }
  }
}
