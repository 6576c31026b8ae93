/// The encoding of the values of a Parquet page
/// (https://github.com/apache/parquet-format/blob/master/Encodings.md).
enum ParquetEncoding: Int {
  case plain = 0
  /// The name of ``rleDictionary`` in version 1 of the format, and of ``plain`` in a dictionary
  /// page.
  case plainDictionary = 2
  case rle = 3
  /// Levels only; deprecated.
  case bitPacked = 4
  case deltaBinaryPacked = 5
  case deltaLengthByteArray = 6
  case deltaByteArray = 7
  case rleDictionary = 8
  case byteStreamSplit = 9
}
