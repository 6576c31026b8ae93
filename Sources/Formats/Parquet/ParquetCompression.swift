/// How the pages of a Parquet column are compressed
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
