import Model

/// Dates and times of day as text.
enum ParquetCalendar {
  private static let dayMicros: Int64 = 86_400_000_000

  /// `YYYY-MM-DD` of a day counted from 1970-01-01, which sorts as the days do; nil beyond the
  /// years 0 to 9999, which have no such form.
  static func date(_ day: Int64) -> ArraySlice<UInt8>? {
    guard (-719_528...2_932_896).contains(day) else { return nil }
    return Array(Timestamp(microseconds: day * dayMicros).description.utf8).prefix(10)
  }

  /// `hh:mm:ss` with as many digits of a fraction as the value needs, three at a time; nil beyond a
  /// day.
  static func time(_ value: Int64, _ unit: ParquetLogicalType.Unit) -> String? {
    guard value >= 0, value < 86_400 * unit.perSecond else { return nil }
    let seconds = value / unit.perSecond
    let text = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
    return text.joined(separator: ":") + fraction(value % unit.perSecond, unit)
  }

  /// RFC 3339 in UTC, with all the digits of a fraction that the value needs.
  static func moment(_ value: Int64, _ unit: ParquetLogicalType.Unit) -> String? {
    var seconds = value / unit.perSecond
    var rest = value % unit.perSecond
    if rest < 0 {
      seconds -= 1
      rest += unit.perSecond
    }
    guard (-62_167_219_200...253_402_300_799).contains(seconds) else { return nil }
    let text = Timestamp(microseconds: seconds * 1_000_000).description.dropLast()
    return text + fraction(rest, unit) + "Z"
  }

  /// Microseconds since 1970, as `int96` has them: nanoseconds of a day and its Julian number
  /// (2,440,588 for 1970-01-01); nil when they do not fit exactly.
  static func microseconds(int96 bytes: ArraySlice<UInt8>) -> Int64? {
    let start = bytes.startIndex
    var nanos: UInt64 = 0
    var julian: UInt32 = 0
    for index in 0..<8 { nanos |= UInt64(bytes[start + index]) << UInt64(index * 8) }
    for index in 0..<4 { julian |= UInt32(bytes[start + 8 + index]) << UInt32(index * 8) }
    let inDay = Int64(bitPattern: nanos)
    guard inDay % 1000 == 0 else { return nil }
    let days = Int64(Int32(bitPattern: julian)) - 2_440_588
    let (micros, overflow) = days.multipliedReportingOverflow(by: dayMicros)
    let (sum, overflow2) = micros.addingReportingOverflow(inDay / 1000)
    return overflow || overflow2 ? nil : sum
  }

  /// Microseconds of a time in `unit`; nil when they do not fit exactly.
  static func microseconds(_ value: Int64, _ unit: ParquetLogicalType.Unit) -> Int64? {
    switch unit {
    case .micros: return value
    case .nanos: return value % 1000 == 0 ? value / 1000 : nil
    case .millis:
      let (micros, overflow) = value.multipliedReportingOverflow(by: 1000)
      return overflow ? nil : micros
    }
  }

  private static func fraction(_ value: Int64, _ unit: ParquetLogicalType.Unit) -> String {
    var (value, digits) = (value, unit.rawValue * 3)
    if value == 0 { return "" }
    while value % 1000 == 0 {
      value /= 1000
      digits -= 3
    }
    return "." + padded(value, digits)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
