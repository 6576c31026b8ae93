import Model

/// The reasons for refusing a Parquet file; the reader adds the file's name.
enum ParquetFault {
  /// Bytes that no writer of the format makes.
  static func damaged(_ what: String) -> StoreError {
    StoreError(
      .invalid, "the Parquet file is damaged (\(what)): make it again, or fetch it again")
  }

  /// Something that the format has and this reader has not.
  static func unsupported(_ what: String) -> StoreError {
    StoreError(
      .invalid,
      "the Parquet file has \(what), which is not supported: write it without, or give "
        + "the data in another format")
  }

  /// Values of an extension type that is not known.
  static func extensionType(_ name: String) -> StoreError {
    StoreError(
      .invalid, "it has values of the extension type '\(name)': \(ColumnTypes.extensionAdvice)")
  }
}
