import Model

/// The position of one column of one row group in a file (parquet.thrift, `ColumnChunk`).
struct ParquetChunk: Sendable {
  var compression = ParquetCompression.none
  /// Values and nulls.
  var valueCount = 0
  /// The offset of its first page.
  var start = 0
  /// Its bytes, page headers included.
  var byteCount = 0
  /// Its bytes without compression.
  var plainCount = 0
  /// The text of ``ParquetIntegralMarks``.
  var integral: String?

  /// Reads one chunk of a file of `fileCount` bytes.
  init(_ thrift: inout ThriftReader, fileCount: Int) throws(StoreError) {
    var last = 0
    var hasFacts = false
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1: throw ParquetFault.unsupported("columns in other files")
      case 3:
        try thrift.structure(field)
        try readFacts(&thrift)
        hasFacts = true
      case 8, 9: throw ParquetFault.unsupported("encrypted columns")
      default: try thrift.skip(field)
      }
    }
    // A chunk without values may be nowhere.
    if hasFacts, valueCount == 0 { (start, byteCount) = (0, 0) }
    guard hasFacts, valueCount >= 0, plainCount >= 0, start >= 0, byteCount >= 0,
      start <= fileCount, byteCount <= fileCount - start
    else { throw ParquetFault.damaged("a column lies outside of the file") }
  }

  private mutating func readFacts(_ thrift: inout ThriftReader) throws(StoreError) {
    var last = 0
    var dictionary = 0
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 4:
        guard let value = ParquetCompression(rawValue: try thrift.integer(field)) else {
          throw ParquetFault.unsupported("a compression of an unknown kind")
        }
        compression = value
      case 5: valueCount = try thrift.integer(field)
      case 6: plainCount = try thrift.integer(field)
      case 7: byteCount = try thrift.integer(field)
      case 8:
        for _ in 0..<(try thrift.structures(field)) {
          let pair = try ParquetKeyValue(&thrift)
          if pair.key == ParquetIntegralMarks.name { integral = pair.value }
        }
      case 9: start = try thrift.integer(field)
      case 11: dictionary = try thrift.integer(field)
      default: try thrift.skip(field)
      }
    }
    // Some writers give 0 for a dictionary that is not there.
    if dictionary > 0 { start = min(start, dictionary) }
  }
}
