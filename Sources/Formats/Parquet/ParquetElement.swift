import Model

/// One entry of the flattened schema of a Parquet file (parquet.thrift, `SchemaElement`).
struct ParquetElement {
  var type: ParquetPhysicalType?
  /// Bytes of a value of fixed length.
  var length = 0
  var repetition = ParquetRepetition.required
  var name = ""
  /// The number of entries after this one that are its fields.
  var childCount = 0
  var logical: ParquetLogicalType?

  /// Reads one entry.
  init(_ thrift: inout ThriftReader) throws(StoreError) {
    var converted: ParquetConvertedType?
    var isKnown = true
    var (scale, precision, last) = (0, 0, 0)
    var hasName = false
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1:
        type = ParquetPhysicalType(rawValue: try thrift.integer(field))
        if type == nil { throw ParquetFault.unsupported("a column of a type that is not known") }
      case 2: length = try thrift.integer(field)
      case 3:
        guard let value = ParquetRepetition(rawValue: try thrift.integer(field)) else {
          throw ParquetFault.damaged("a field's repetition")
        }
        repetition = value
      case 4:
        name = try thrift.text(field)
        hasName = true
      case 5: childCount = try thrift.integer(field)
      case 6:
        converted = ParquetConvertedType(rawValue: try thrift.integer(field))
        isKnown = converted != nil
      case 7: scale = try thrift.integer(field)
      case 8: precision = try thrift.integer(field)
      case 10:
        try thrift.structure(field)
        logical = try ParquetLogicalType.read(&thrift)
      default: try thrift.skip(field)
      }
    }
    guard hasName else { throw ParquetFault.damaged("a field without a name") }
    if logical == nil, let converted {
      logical = ParquetLogicalType(converted, scale: scale, precision: precision)
    }
    // The numbers of a newer writer's type may mean something unknown.
    if logical == nil, !isKnown { logical = .unsupported("values of an unknown kind") }
  }
}
