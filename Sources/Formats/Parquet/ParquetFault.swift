import Model

/// The reasons for refusing a Parquet file; the reader adds the file's name.
enum ParquetFault {
  /// Bytes that no writer of the format makes.
  static func damaged(_ what: String) -> StoreError {
    StoreError(
      .invalid, "the Parquet file is damaged (\(what)): make it again, or fetch it again")
  }

  /// More of something than this reader takes; `advice` is what makes less of it.
  static func beyond(_ what: String, _ advice: String) -> StoreError {
    StoreError(
      .invalid, "the Parquet file has \(what), the most that is supported: \(advice)")
  }

  /// Something that the format has and this reader has not.
  static func unsupported(_ what: String) -> StoreError {
    StoreError(
      .invalid,
      "the Parquet file has \(what), which is not supported: write it without, or give "
        + "the data in another format")
  }

  /// The advice for pages that are too large.
  static let smallerPages =
    "write smaller pages and row groups (in pyarrow data_page_size and row_group_size)"

  /// Values of an extension type that is not known.
  static func extensionType(_ name: String) -> StoreError {
    StoreError(
      .invalid, "it has values of the extension type '\(name)': \(ColumnTypes.extensionAdvice)")
  }
}
