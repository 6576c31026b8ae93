import Model

/// Spans of time as ISO 8601 text, exactly.
enum DurationText {
  /// Appends `count` units as `P1DT2H3M4.5S`, `-PT0.000001S` or `PT0S`.
  ///
  /// One span has one text, whatever its unit: the canonical one of XML Schema's dayTimeDuration
  /// (https://www.w3.org/TR/xmlschema11-2/#dayTimeDuration). A day has 24 hours.
  static func append(_ count: Int64, perSecond: Int64, to out: inout [UInt8]) {
    let (seconds, units) = count.magnitude.quotientAndRemainder(dividingBy: UInt64(perSecond))
    if count < 0 { out.append(UInt8(ascii: "-")) }
    out.append(UInt8(ascii: "P"))
    let days = seconds / 86_400
    if days > 0 { append(days, "D", to: &out) }
    let rest = Time(
      seconds: seconds % 86_400, nanoseconds: units * (1_000_000_000 / UInt64(perSecond)))
    if !rest.isZero || days == 0 { rest.append(sign: "", to: &out) }
  }

  /// Appends a span of the calendar, whose months, days and time have no ratio to one another:
  /// `P14M3DT0.5S`, with one sign for all where they have the same, else one each (`P1M-2D`).
  static func append(months: Int64, days: Int64, nanoseconds: Int64, to out: inout [UInt8]) {
    let parts = [months, days, nanoseconds]
    let isNegative = parts.allSatisfy { $0 <= 0 } && parts.contains { $0 < 0 }
    if isNegative { out.append(UInt8(ascii: "-")) }
    out.append(UInt8(ascii: "P"))
    let sign = { (part: Int64) in part < 0 && !isNegative ? "-" : "" }
    if months != 0 { append(months.magnitude, "M", sign: sign(months), to: &out) }
    if days != 0 { append(days.magnitude, "D", sign: sign(days), to: &out) }
    let time = Time(
      seconds: nanoseconds.magnitude / 1_000_000_000,
      nanoseconds: nanoseconds.magnitude % 1_000_000_000)
    if !time.isZero || months == 0 && days == 0 { time.append(sign: sign(nanoseconds), to: &out) }
  }

  /// Hours, minutes and seconds.
  private struct Time {
    let seconds: UInt64
    let nanoseconds: UInt64

    var isZero: Bool { seconds == 0 && nanoseconds == 0 }

    func append(sign: String, to out: inout [UInt8]) {
      out.append(UInt8(ascii: "T"))
      let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
      if hours > 0 { DurationText.append(hours, "H", sign: sign, to: &out) }
      if minutes > 0 { DurationText.append(minutes, "M", sign: sign, to: &out) }
      guard seconds % 60 != 0 || nanoseconds != 0 || isZero else { return }
      out.append(contentsOf: (sign + String(seconds % 60)).utf8)
      if nanoseconds != 0 {
        let digits = String(nanoseconds)
        let fraction = String(repeating: "0", count: 9 - digits.count) + digits
        out.append(UInt8(ascii: "."))
        out.append(contentsOf: fraction.utf8.reversed().drop { $0 == 0x30 }.reversed())
      }
      out.append(UInt8(ascii: "S"))
    }
  }

  private static func append(
    _ number: UInt64, _ unit: Unicode.Scalar, sign: String = "", to out: inout [UInt8]
  ) {
    out.append(contentsOf: (sign + String(number)).utf8)
    out.append(UInt8(ascii: unit))
  }
}
