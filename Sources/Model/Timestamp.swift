/// A moment, in microseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Hashable, Comparable, Sendable {
  package let microseconds: Int64

  /// The moment `microseconds` after (before, when negative) the epoch.
  package init(microseconds: Int64) { self.microseconds = microseconds }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Reads RFC 3339: `2026-10-01`, `2026-10-01T12:00:00Z`, `2026-10-01 12:00:00.25+02:00`.
  ///
  /// A date alone is its first moment in UTC. At most six digits of a second's fraction are taken;
  /// more are refused, since they would be lost. A leap second is refused.
  package init?(parsing text: some StringProtocol) {
    var reader = Reader(bytes: Array(text.utf8))
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
      reader.take("-"), let day = reader.number(2),
      (1...12).contains(month), day >= 1, day <= Self.daysIn(month: month, year: year)
    else { return nil }
    let days = Self.daysFromEpoch(year: year, month: month, day: day)
    if reader.isAtEnd {
      self.init(microseconds: Int64(days) * 86_400_000_000)
      return
    }
    guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2),
      reader.take(":"), let minute = reader.number(2), reader.take(":"),
      let second = reader.number(2), hour < 24, minute < 60, second < 60
    else { return nil }
    var fraction = 0
    if reader.take(".") {
      guard let digits = reader.fraction() else { return nil }
      fraction = digits
    }
    guard let offsetMinutes = reader.zone(), reader.isAtEnd else { return nil }
    let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    self.init(microseconds: (seconds - Int64(offsetMinutes) * 60) * 1_000_000 + Int64(fraction))
  }

  /// The moment a day later; used to read a date as "until the end of that day".
  package var nextDay: Timestamp { Timestamp(microseconds: microseconds + 86_400_000_000) }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC, with 0, 3 or 6 digits of a second's fraction, as few as hold the value.
  package var description: String {
    let (days, inDay) = microseconds.flooredDivision(by: 86_400_000_000)
    let (year, month, day) = Self.date(daysFromEpoch: Int(days))
    let seconds = Int(inDay / 1_000_000)
    let fraction = Int(inDay % 1_000_000)
    var text = Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T"
    text += Self.padded(seconds / 3600, 2) + ":" + Self.padded(seconds / 60 % 60, 2) + ":"
    text += Self.padded(seconds % 60, 2)
    if fraction % 1000 != 0 {
      text += "." + Self.padded(fraction, 6)
    } else if fraction != 0 {
      text += "." + Self.padded(fraction / 1000, 3)
    }
    return text + "Z"
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Timestamp {
  // Days and dates convert by the algorithms of
  // https://howardhinnant.github.io/date_algorithms.html (days_from_civil, civil_from_days), which
  // count years from March so that leap days come last.

  private static func daysFromEpoch(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date `days` after 1970-01-01, in the Gregorian calendar also before it was made.
  package static func date(daysFromEpoch days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func daysIn(month: Int, year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return switch month {
    case 2: isLeap ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Reads the fixed-width fields of RFC 3339.
  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Character) -> Bool {
      guard position < bytes.count, bytes[position] == character.asciiValue else { return false }
      position += 1
      return true
    }

    mutating func number(_ digits: Int) -> Int? {
      guard position + digits <= bytes.count else { return nil }
      var value = 0
      for _ in 0..<digits {
        guard let digit = self.digit() else { return nil }
        value = value * 10 + digit
      }
      return value
    }

    /// One to six digits, as microseconds.
    mutating func fraction() -> Int? {
      var value = 0
      var count = 0
      while let digit = digit() {
        count += 1
        guard count <= 6 else { return nil }
        value = value * 10 + digit
      }
      guard count > 0 else { return nil }
      for _ in count..<6 { value *= 10 }
      return value
    }

    /// `Z` or `+hh:mm`, in minutes.
    mutating func zone() -> Int? {
      if take("Z") || take("z") { return 0 }
      let isWest = take("-")
      guard isWest || take("+"), let hours = number(2), take(":"), let minutes = number(2),
        hours < 24, minutes < 60
      else { return nil }
      return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }

    private mutating func digit() -> Int? {
      guard position < bytes.count,
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
      else { return nil }
      defer { position += 1 }
      return Int(bytes[position] - UInt8(ascii: "0"))
    }
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
