/// A run of rows of one column, as Parquet has them: an entry for each value and each null.
struct ParquetEntries: Sendable {
  var count = 0
  /// The levels of the entries; empty where all are 0.
  var repetitions: [UInt32] = []
  var definitions: [UInt32] = []
  /// The values of the entries that have one.
  var scalars = ParquetScalars()
}
