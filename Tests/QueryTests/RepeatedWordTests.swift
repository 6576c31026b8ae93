import Columns
import Model
import Query
import Testing

/// Dictionaries that hold a word twice, as columns put together from several chunks do.
@Suite struct RepeatedWordTests {
  private struct OneTable: QuerySource {
    let batch: RowBatch

    func table(named name: String) -> QueryTable? { name == "runs" ? QueryTable(batch) : nil }
    func nearNames(to name: String) -> [String] { [] }
  }

  @Test func `rows of a word that stands twice are one group`() throws {
    var words = TextValues()
    for word in ["a", "b", "a", "b"] { words.append(word.utf8) }
    let count = 6
    let batch = RowBatch(
      columns: [
        ColumnDefinition(name: "model", type: .string), ColumnDefinition(name: "x", type: .float64),
        ColumnDefinition(name: "n", type: .int64), ColumnDefinition(name: "t", type: .string),
      ],
      vectors: [
        ColumnVector(
          type: .string, count: count, validity: nil,
          values: .dictionary(codes: [0, 1, 2, 3, 2, 0], words: words)),
        ColumnVector(
          type: .float64, count: count, validity: nil,
          values: .float64([5, 1, 2, 9, 7, 3], integral: nil)),
        ColumnVector(
          type: .int64, count: count, validity: nil, values: .int64([5, 1, 2, 9, 7, 3])),
        ColumnVector(
          type: .string, count: count, validity: nil,
          values: .dictionary(codes: [0, 0, 1, 1, 1, 0], words: words)),
      ], count: count)
    let query = SQLQuery(
      """
      SELECT model, count(*), sum(n), min(x), max(x), min(n), max(n), min(t), max(t), median(x)
      FROM runs GROUP BY model ORDER BY model
      """, on: OneTable(batch: batch))
    var rows: [[QueryValue]] = []
    let summary = try query.run(onColumns: { _ in }) {
      rows.append($0)
      return true
    }
    #expect(summary.isVectorised)
    #expect(
      rows == [
        [
          .text("a"), .integer(4), .integer(17), .real(2), .real(7), .integer(2), .integer(7),
          .text("a"), .text("b"), .real(4),
        ],
        [
          .text("b"), .integer(2), .integer(10), .real(1), .real(9), .integer(1), .integer(9),
          .text("a"), .text("b"), .real(5),
        ],
      ])
  }
}
