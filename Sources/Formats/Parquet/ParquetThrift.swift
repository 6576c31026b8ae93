/// The physical layout of a Parquet column's values
/// (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift, `Type`).
enum ParquetPhysicalType: Int {
  case boolean = 0
  case int32 = 1
  case int64 = 2
  /// Twelve bytes: nanoseconds of a day and the day.
  case int96 = 3
  case float = 4
  case double = 5
  case byteArray = 6
  case fixedBytes = 7
}

/// The repetition of a field of a Parquet schema in its parent (parquet.thrift,
/// `FieldRepetitionType`).
enum ParquetRepetition: Int {
  case required = 0
  case optional = 1
  case repeated = 2
}

/// The kinds of pages of a Parquet column (parquet.thrift, `PageType`).
enum ParquetPageKind: Int {
  case data = 0
  case index = 1
  case dictionary = 2
  /// A data page whose levels are not compressed.
  case dataV2 = 3
}

/// The compression of the pages of a Parquet column
/// (https://github.com/apache/parquet-format/blob/master/Compression.md).
enum ParquetCompression: Int {
  case none = 0
  case snappy = 1
  case gzip = 2
  case lzo = 3
  case brotli = 4
  /// LZ4 blocks behind the framing of Hadoop; deprecated.
  case lz4Hadoop = 5
  case zstd = 6
  case lz4 = 7
}
