import Model

/// The memory layout of an Arrow array's values, and their meaning
/// (https://arrow.apache.org/docs/format/Columnar.html).
enum ArrowType: Equatable, Sendable {
  /// The width of the offsets of texts or lists in bits, or views in place of offsets.
  enum Offsets: Sendable { case narrow, wide, view }

  case null
  case bool
  case integer(bits: Int, isSigned: Bool)
  case float(bits: Int)
  /// Texts, and bytes that must be texts.
  case bytes(Offsets)
  case fixedBytes(count: Int)
  case decimal(bits: Int, precision: Int, scale: Int)
  /// Days since 1970-01-01, in 32 bits.
  case days
  /// Milliseconds since 1970-01-01 of whole days, in 64 bits.
  case dayMilliseconds
  case time(bits: Int, ArrowTimeUnit)
  case timestamp(ArrowTimeUnit)
  case duration(ArrowTimeUnit)
  case interval(ArrowInterval)
  case list(isWide: Bool)
  case listView(isWide: Bool)
  case fixedList(count: Int)
  case structure
  case map
  case runEnds

  /// True when values are lists or structures.
  var isNested: Bool {
    switch self {
    case .list, .listView, .fixedList, .structure: true
    default: false
    }
  }

  /// The number of children of a field of the type; nil for any number.
  var childCount: Int? {
    switch self {
    case .list, .listView, .fixedList, .map: 1
    case .runEnds: 2
    case .structure: nil
    default: 0
    }
  }
}

/// The units of a calendar interval (Schema.fbs, `IntervalUnit`).
enum ArrowInterval: Int16, Sendable {
  /// Months, in 32 bits.
  case months = 0
  /// Days and milliseconds, in 32 bits each.
  case days = 1
  /// Months and days in 32 bits each, nanoseconds in 64.
  case nanoseconds = 2

  /// The number of 32-bit words of a value.
  var wordCount: Int {
    switch self {
    case .months: 1
    case .days: 2
    case .nanoseconds: 4
    }
  }
}

/// The units of a time (Schema.fbs, `TimeUnit`).
enum ArrowTimeUnit: Int16, Sendable {
  case seconds = 0
  case milliseconds = 1
  case microseconds = 2
  case nanoseconds = 3

  /// The number of units in a second.
  var perSecond: Int64 {
    switch self {
    case .seconds: 1
    case .milliseconds: 1000
    case .microseconds: 1_000_000
    case .nanoseconds: 1_000_000_000
    }
  }
}
