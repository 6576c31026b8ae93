/// The meaning of a Parquet column's values
/// (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md).
enum ParquetLogicalType: Equatable, Sendable {
  /// Fractions of a second that a time counts.
  enum Unit: Int, Sendable {
    case millis = 1
    case micros = 2
    case nanos = 3

    /// The number of units in a second.
    var perSecond: Int64 {
      switch self {
      case .millis: 1000
      case .micros: 1_000_000
      case .nanos: 1_000_000_000
      }
    }
  }

  case string
  case enumeration
  case json
  case uuid
  case map
  case list
  case decimal(scale: Int, precision: Int)
  case date
  case time(Unit)
  case timestamp(Unit)
  case integer(bits: Int, isSigned: Bool)
  case float16
  /// Months, days and milliseconds, in 32 bits each.
  case interval
  /// Units of a span of time: what Arrow's schema says of integers.
  case duration(perSecond: Int64)
  /// Periods of pandas: what Arrow's schema says of integers.
  case period(PeriodType)
  /// Truth values as integers: what Arrow's schema says of them.
  case bool
  /// Bytes that Arrow's schema does not say to be text.
  case bytes
  /// Values that only an extension type of Arrow explains, by its name.
  case extensionType(String)
  /// Only nulls.
  case unknown
  /// One that this reader has no column for, by its name.
  case unsupported(String)

  /// The meaning that the older notation gives; nil when it gives none.
  init?(_ converted: ParquetConvertedType, scale: Int, precision: Int) {
    switch converted {
    case .utf8: self = .string
    case .map, .mapKeyValue: self = .map
    case .list: self = .list
    case .enumeration: self = .enumeration
    case .decimal: self = .decimal(scale: scale, precision: precision)
    case .date: self = .date
    case .timeMillis: self = .time(.millis)
    case .timeMicros: self = .time(.micros)
    case .timestampMillis: self = .timestamp(.millis)
    case .timestampMicros: self = .timestamp(.micros)
    case .uint8: self = .integer(bits: 8, isSigned: false)
    case .uint16: self = .integer(bits: 16, isSigned: false)
    case .uint32: self = .integer(bits: 32, isSigned: false)
    case .uint64: self = .integer(bits: 64, isSigned: false)
    case .int8: self = .integer(bits: 8, isSigned: true)
    case .int16: self = .integer(bits: 16, isSigned: true)
    case .int32: self = .integer(bits: 32, isSigned: true)
    case .int64: self = .integer(bits: 64, isSigned: true)
    case .json: self = .json
    case .bson: self = .unsupported("BSON values")
    case .interval: self = .interval
    }
  }
}
