/// What a page of a Parquet column is (parquet.thrift, `PageType`).
enum ParquetPageKind: Int {
  case data = 0
  case index = 1
  case dictionary = 2
  /// A data page whose levels are not compressed.
  case dataV2 = 3
}
