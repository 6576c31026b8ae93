import Analysis
import Columns
import Model
import Testing

@Suite struct ColumnTableTests {
  private let table = ColumnTable(
    name: "results@1",
    columns: [
      ColumnDefinition(name: "score", type: .float64), ColumnDefinition(name: "id", type: .int64),
    ],
    batches: [
      RowBatch(
        columns: [],
        vectors: [
          ColumnVector(
            type: .float64, count: 2, validity: nil, values: .float64([0.5, .nan], integral: nil)),
          ColumnVector(type: .int64, count: 2, validity: nil, values: .int64([7, 8])),
        ], count: 2),
      RowBatch(
        columns: [], vectors: [.nulls(.float64, count: 1), .nulls(.int64, count: 1)], count: 1),
    ])

  @Test func `numbers are those that there are`() throws {
    #expect(try table.numbers("score") == [0.5, nil, nil])
    #expect(try table.texts("id") == ["7", "8", nil])
  }

  @Test func `a column that is not there is named with those that are near`() {
    #expect(throws: StoreError.self) { try table.numbers("scores") }
  }
}
