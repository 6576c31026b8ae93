import Model

/// Spans of the calendar that pandas counts from 1970 (`pandas.Period`), by how long they are.
enum PeriodType: Hashable, Sendable {
  case years, quarters, months, weeks, days
  /// Spans of a time of day: so many in a second, or so many seconds.
  case times(perSecond: Int64, seconds: Int64)

  /// Reads the metadata that pandas puts beside the numbers, as `{"freq": "Q-DEC"}`; nil for a
  /// length that this has no text for.
  init?(pandas metadata: String) {
    let texts = metadata.split(separator: "\"", omittingEmptySubsequences: false)
    guard let place = texts.firstIndex(where: { $0.hasBytes(of: "freq") }),
      texts.indices.contains(place + 2)
    else { return nil }
    let name = texts[place + 2]
    switch name {
    case "Y", "Y-DEC", "A", "A-DEC", "YE", "YE-DEC": self = .years
    case "Q", "Q-DEC", "QE", "QE-DEC": self = .quarters
    case "M", "ME": self = .months
    case "W", "W-SUN": self = .weeks
    case "D": self = .days
    case "h", "H": self = .times(perSecond: 1, seconds: 3600)
    case "min", "T": self = .times(perSecond: 1, seconds: 60)
    case "s", "S": self = .times(perSecond: 1, seconds: 1)
    case "ms", "L": self = .times(perSecond: 1000, seconds: 1)
    case "us", "U": self = .times(perSecond: 1_000_000, seconds: 1)
    case "ns", "N": self = .times(perSecond: 1_000_000_000, seconds: 1)
    default: return nil
    }
  }

  /// Appends the span of the number `count`, which counts from 1970, as pandas writes it (`2026`,
  /// `2026Q4`, `2026-10`, `2026-09-28/2026-10-04`, `2026-10-01`, `2026-10-01 12:00`); false outside
  /// of the years 0 to 9999.
  func append(_ count: Int64, to out: inout [UInt8]) -> Bool {
    // Far beyond those years, and far from overflow.
    guard count.magnitude < 1 << 60 else { return false }
    switch self {
    case .years: return Self.append(year: 1970 + count, to: &out)
    case .quarters:
      let (year, quarter) = Self.floored(count, 4)
      guard Self.append(year: 1970 + year, to: &out) else { return false }
      out.append(contentsOf: "Q\(quarter + 1)".utf8)
      return true
    case .months:
      let (year, month) = Self.floored(count, 12)
      guard Self.append(year: 1970 + year, to: &out) else { return false }
      out.append(contentsOf: (month < 9 ? "-0\(month + 1)" : "-\(month + 1)").utf8)
      return true
    case .weeks:
      guard count.magnitude < 1 << 40 else { return false }
      // The week that 1970 began in, of number 1, ended on its fourth day, a Sunday.
      let last = Int(count) * 7 - 4
      guard CalendarText.appendDate(days: last - 6, to: &out) else { return false }
      out.append(UInt8(ascii: "/"))
      return CalendarText.appendDate(days: last, to: &out)
    case .days:
      return count.magnitude < 1 << 40 && CalendarText.appendDate(days: Int(count), to: &out)
    case .times(let perSecond, let seconds):
      let (day, inDay) = Self.floored(count, 86_400 * perSecond / seconds)
      guard day.magnitude < 1 << 40, CalendarText.appendDate(days: Int(day), to: &out) else {
        return false
      }
      out.append(UInt8(ascii: " "))
      guard CalendarText.appendTime(inDay * seconds, perSecond: perSecond, to: &out) else {
        return false
      }
      // Hours and minutes have no seconds.
      if seconds > 1 { out.removeLast(3) }
      return true
    }
  }

  private static func append(year: Int64, to out: inout [UInt8]) -> Bool {
    guard (0...9999).contains(year) else { return false }
    let digits = String(year)
    out.append(contentsOf: (String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    return true
  }

  private static func floored(_ count: Int64, _ divisor: Int64) -> (Int64, Int64) {
    let (quotient, rest) = count.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}
