import Model

extension ParquetLogicalType {
  /// Reads `LogicalType`, a union of which one field is set; nil when it is one that this reader
  /// has never heard of.
  static func read(_ thrift: inout ThriftReader) throws(StoreError) -> ParquetLogicalType? {
    var type: ParquetLogicalType?
    var last = 0
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1: type = .string
      case 2: type = .map
      case 3: type = .list
      case 4: type = .enumeration
      case 5:
        let (scale, precision) = try numbers(&thrift, field)
        type = .decimal(scale: scale, precision: precision)
        continue
      case 6: type = .date
      case 7:
        type = .time(try unit(&thrift, field))
        continue
      case 8:
        type = .timestamp(try unit(&thrift, field))
        continue
      case 10:
        type = try integer(&thrift, field)
        continue
      case 11: type = .unknown
      case 12: type = .json
      case 13: type = .unsupported("BSON values")
      case 14: type = .uuid
      case 15: type = .float16
      case 16: type = .unsupported("variants")
      case 17, 18: type = .unsupported("geometries")
      default: type = .unsupported("values of an unknown kind")
      }
      try thrift.skip(field)
    }
    return type
  }

  /// The two numbers of a decimal.
  private static func numbers(
    _ thrift: inout ThriftReader, _ field: ThriftReader.Field
  ) throws(StoreError) -> (Int, Int) {
    try thrift.structure(field)
    var (first, second, last) = (0, 0, 0)
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1: first = try thrift.integer(field)
      case 2: second = try thrift.integer(field)
      default: try thrift.skip(field)
      }
    }
    return (first, second)
  }

  private static func integer(
    _ thrift: inout ThriftReader, _ field: ThriftReader.Field
  ) throws(StoreError) -> ParquetLogicalType {
    try thrift.structure(field)
    var (bits, isSigned, last) = (0, true, 0)
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1: bits = try thrift.integer(field)
      case 2: isSigned = try thrift.bool(field)
      default: try thrift.skip(field)
      }
    }
    guard [8, 16, 32, 64].contains(bits) else { throw ParquetFault.damaged("an integer's width") }
    return .integer(bits: bits, isSigned: isSigned)
  }

  /// The unit of a time; that it is or is not said to be in UTC makes no difference, since a time
  /// without a zone is taken as UTC.
  private static func unit(
    _ thrift: inout ThriftReader, _ field: ThriftReader.Field
  ) throws(StoreError) -> Unit {
    try thrift.structure(field)
    var unit: Unit?
    var last = 0
    while let field = try thrift.field(after: &last) {
      guard field.id == 2 else {
        try thrift.skip(field)
        continue
      }
      try thrift.structure(field)
      var inner = 0
      while let choice = try thrift.field(after: &inner) {
        unit = Unit(rawValue: choice.id)
        try thrift.skip(choice)
      }
    }
    guard let unit else { throw ParquetFault.damaged("a time without a unit") }
    return unit
  }
}
