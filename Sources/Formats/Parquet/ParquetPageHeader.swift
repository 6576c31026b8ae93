import Model

/// The header before the bytes of a page (parquet.thrift, `PageHeader`).
struct ParquetPageHeader {
  /// Nil for a kind that readers pass over.
  var kind: ParquetPageKind?
  /// The page's bytes without and with compression.
  var plainCount = 0
  var byteCount = 0
  var checksum: UInt32?
  /// Values and nulls.
  var valueCount = 0
  var encoding = ParquetEncoding.plain
  var definitionEncoding = ParquetEncoding.rle
  var repetitionEncoding = ParquetEncoding.rle
  /// The bytes of the levels of a page of version 2.
  var definitionBytes = 0
  var repetitionBytes = 0
  var isCompressed = true

  /// Reads one header.
  init(_ thrift: inout ThriftReader) throws(StoreError) {
    var last = 0
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1: kind = ParquetPageKind(rawValue: try thrift.integer(field))
      case 2: plainCount = try thrift.integer(field)
      case 3: byteCount = try thrift.integer(field)
      case 4: checksum = UInt32(truncatingIfNeeded: try thrift.integer(field))
      case 5, 7:
        try thrift.structure(field)
        try readData(&thrift)
      case 8:
        try thrift.structure(field)
        try readDataV2(&thrift)
      default: try thrift.skip(field)
      }
    }
    for count in [plainCount, byteCount, valueCount, definitionBytes, repetitionBytes]
    where !(0...Int(Int32.max)).contains(count) {
      throw ParquetFault.damaged("a page's header")
    }
  }

  /// `DataPageHeader`, of whose fields `DictionaryPageHeader` has the first two.
  private mutating func readData(_ thrift: inout ThriftReader) throws(StoreError) {
    var last = 0
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1: valueCount = try thrift.integer(field)
      case 2: encoding = try Self.encoding(&thrift, field)
      case 3 where kind == .data: definitionEncoding = try Self.encoding(&thrift, field)
      case 4 where kind == .data: repetitionEncoding = try Self.encoding(&thrift, field)
      default: try thrift.skip(field)
      }
    }
  }

  private mutating func readDataV2(_ thrift: inout ThriftReader) throws(StoreError) {
    var last = 0
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1: valueCount = try thrift.integer(field)
      case 4: encoding = try Self.encoding(&thrift, field)
      case 5: definitionBytes = try thrift.integer(field)
      case 6: repetitionBytes = try thrift.integer(field)
      case 7: isCompressed = try thrift.bool(field)
      default: try thrift.skip(field)
      }
    }
  }

  private static func encoding(
    _ thrift: inout ThriftReader, _ field: ThriftReader.Field
  ) throws(StoreError) -> ParquetEncoding {
    guard let encoding = ParquetEncoding(rawValue: try thrift.integer(field)) else {
      throw ParquetFault.unsupported("an encoding of an unknown kind")
    }
    return encoding
  }
}
