/// How the values of a Parquet column are laid out
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
