package import Columns
package import Model

/// A place that takes rows, a few at a time.
///
/// Any thread may call; calls block until a disk has the rows.
package protocol RowService: Sendable {
  /// Appends rows to a dataset in their order; they are durable when it returns.
  ///
  /// The rows are of no caller in particular, so they name no attachment that the dataset itself
  /// does not have.
  /// - Throws: ``StoreError``: `invalid` for rows that cannot be saved, of which none is then;
  ///   `exhausted` for more than 16 MiB, `exhausted` or `unavailable` when the disk refuses.
  func appendRows(to dataset: DatasetName, _ rows: RowBatch) throws(StoreError)
}
