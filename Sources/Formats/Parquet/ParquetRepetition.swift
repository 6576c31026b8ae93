/// How often a field of a Parquet schema occurs in what holds it (parquet.thrift,
/// `FieldRepetitionType`).
enum ParquetRepetition: Int {
  case required = 0
  case optional = 1
  case repeated = 2
}
