import Model

/// A pair of the metadata that a file's writer is free in (parquet.thrift, `KeyValue`).
struct ParquetKeyValue {
  var key = ""
  var value = ""

  /// Reads one pair.
  init(_ thrift: inout ThriftReader) throws(StoreError) {
    var last = 0
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1: key = try thrift.text(field)
      case 2: value = try thrift.text(field)
      default: try thrift.skip(field)
      }
    }
  }
}
