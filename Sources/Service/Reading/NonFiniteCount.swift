import Columns
import Model

/// The number of NaNs and infinities in each column of floats, which JSON has no word for.
struct NonFiniteCount {
  private let names: [String]
  private var counts: [Int]

  /// Nothing counted yet of rows with these columns.
  init(_ columns: [ColumnDefinition]) {
    names = columns.map(\.name)
    counts = [Int](repeating: 0, count: columns.count)
  }

  /// Counts those of a batch that has these columns.
  mutating func add(_ batch: RowBatch) {
    for (column, vector) in batch.vectors.enumerated() {
      guard case .float64(let values, _) = vector.values else { continue }
      counts[column] += values.count { !$0.isFinite }
    }
  }

  /// One sentence for each column that has any.
  var notes: [String] {
    zip(names, counts).filter { $1 > 0 }.map { name, count in
      "column '\(name)' has \(count) NaN or infinite value\(count == 1 ? "" : "s"), null in JSON: "
        + "csv, parquet and arrow keep \(count == 1 ? "it" : "them")"
    }
  }
}
