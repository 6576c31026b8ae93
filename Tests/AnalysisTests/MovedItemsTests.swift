import Analysis
import Model
import Testing
import Wire

@Suite struct MovedItemsTests {
  /// Rows `(id, value)`.
  private func table(_ rows: [(String, Double?)], _ name: String = "id") -> ColumnTable {
    TestTable.make("d@1", [(name, .texts(rows.map(\.0))), ("x", .numbers(rows.map(\.1)))])
  }

  @Test func `an item with attempts moves by its mean`() throws {
    let old = table([("a", 0), ("a", 1), ("b", 1), ("b", 1), ("c", nil), ("d", 1)])
    let new = table([("a", 1), ("a", 0), ("b", 0), ("b", 1), ("c", nil), ("c", 1)])
    let items = try MovedItems.between(old, new, key: ["id"], metric: "x", level: 0.75)
    #expect(items.map { $0.key["id"] } == ["b", "c", "d"])
    #expect(items.map(\.change) == [.changed, .changed, .removed])
    #expect(items.map(\.old) == [1, nil, 1] && items.map(\.new) == [0.5, 1, nil])
  }

  @Test func `two spellings of a name are two columns of a key`() throws {
    let names = ["caf\u{E9}", "cafe\u{301}"]
    func table(_ value: Double) -> ColumnTable {
      TestTable.make(
        "d@1",
        [(names[0], .texts(["1"])), (names[1], .texts(["2"])), ("x", .numbers([value]))])
    }
    let items = try MovedItems.between(table(0), table(1), key: names, metric: "x", level: 0)
    #expect(items.map { $0.key.count } == [2])
    #expect(items[0].key[DataText(names[0])] == "1" && items[0].key[DataText(names[1])] == "2")
  }
}
