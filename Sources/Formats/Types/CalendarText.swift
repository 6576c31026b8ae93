import Model

/// Days, times of day and moments as text, and moments as microseconds.
enum CalendarText {
  /// Appends the date `days` after 1970-01-01 as `YYYY-MM-DD`; false when its year is outside 0 to
  /// 9999, so that texts sort as dates do.
  static func appendDate(days: Int, to out: inout [UInt8]) -> Bool {
    let (year, month, day) = Timestamp.date(daysFromEpoch: days)
    guard (0...9999).contains(year) else { return false }
    appendPadded(year, 4, to: &out)
    out.append(UInt8(ascii: "-"))
    appendPadded(month, 2, to: &out)
    out.append(UInt8(ascii: "-"))
    appendPadded(day, 2, to: &out)
    return true
  }

  /// Appends the time of day `count` units after midnight as `HH:MM:SS`, with 3, 6 or 9 digits of a
  /// second's fraction when it has one; false when it is not a time of day.
  static func appendTime(_ count: Int64, perSecond: Int64, to out: inout [UInt8]) -> Bool {
    let (second, units) = count.quotientAndRemainder(dividingBy: perSecond)
    guard count >= 0, second < 86_400 else { return false }
    appendPadded(Int(second) / 3600, 2, to: &out)
    out.append(UInt8(ascii: ":"))
    appendPadded(Int(second) / 60 % 60, 2, to: &out)
    out.append(UInt8(ascii: ":"))
    appendPadded(Int(second) % 60, 2, to: &out)
    guard units != 0 else { return true }
    let nanoseconds = Int(units * (1_000_000_000 / perSecond))
    out.append(UInt8(ascii: "."))
    if nanoseconds % 1_000_000 == 0 {
      appendPadded(nanoseconds / 1_000_000, 3, to: &out)
    } else if nanoseconds % 1000 == 0 {
      appendPadded(nanoseconds / 1000, 6, to: &out)
    } else {
      appendPadded(nanoseconds, 9, to: &out)
    }
    return true
  }

  /// Appends the moment `count` units after 1970 as RFC 3339 has it, in UTC, with all digits of a
  /// second's fraction that it needs; false outside of the years 0 to 9999.
  static func appendMoment(_ count: Int64, perSecond: Int64, to out: inout [UInt8]) -> Bool {
    let perDay = 86_400 * perSecond
    var (days, time) = count.quotientAndRemainder(dividingBy: perDay)
    if time < 0 {
      days -= 1
      time += perDay
    }
    guard appendDate(days: Int(days), to: &out) else { return false }
    out.append(UInt8(ascii: "T"))
    _ = appendTime(time, perSecond: perSecond, to: &out)
    out.append(UInt8(ascii: "Z"))
    return true
  }

  /// Microseconds of `count` units; nil when they do not fit exactly.
  static func microseconds(_ count: Int64, perSecond: Int64) -> Int64? {
    guard perSecond <= 1_000_000 else {
      let (micros, rest) = count.quotientAndRemainder(dividingBy: perSecond / 1_000_000)
      return rest == 0 ? micros : nil
    }
    let (micros, overflow) = count.multipliedReportingOverflow(by: 1_000_000 / perSecond)
    return overflow ? nil : micros
  }

  private static func appendPadded(_ value: Int, _ width: Int, to out: inout [UInt8]) {
    let digits = String(value).utf8
    for _ in 0..<max(0, width - digits.count) { out.append(UInt8(ascii: "0")) }
    out.append(contentsOf: digits)
  }
}
