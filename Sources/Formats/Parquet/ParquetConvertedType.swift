/// The meaning of a column's values, in the older of two notations (parquet.thrift,
/// `ConvertedType`).
enum ParquetConvertedType: Int {
  case utf8 = 0
  case map = 1
  case mapKeyValue = 2
  case list = 3
  case enumeration = 4
  case decimal = 5
  case date = 6
  case timeMillis = 7
  case timeMicros = 8
  case timestampMillis = 9
  case timestampMicros = 10
  case uint8 = 11
  case uint16 = 12
  case uint32 = 13
  case uint64 = 14
  case int8 = 15
  case int16 = 16
  case int32 = 17
  case int64 = 18
  case json = 19
  case bson = 20
  case interval = 21
}
