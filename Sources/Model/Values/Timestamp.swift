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
  /// A date without a time is its first moment in UTC. At most six digits of a second's fraction
  /// are accepted; more are refused, since they would be lost. A leap second is refused.
  package init?(parsing text: some StringProtocol) {
    self.init(Reader(bytes: Array(text.utf8), isLenient: false))
  }

  /// Reads the forms of ISO 8601 that tools write into files: RFC 3339 and, beyond it, a time
  /// without a zone (taken as UTC) or without seconds, zones as `+0200` and `+02`, up to nine
  /// digits of a second's fraction when those beyond the sixth are zeros, and years of a sign and
  /// six digits.
  package init?(iso8601 text: some StringProtocol) {
    self.init(Reader(bytes: Array(text.utf8), isLenient: true))
  }

  private init?(_ start: Reader) {
    var reader = start
    guard let year = reader.year(), reader.take("-"), let month = reader.number(2),
      reader.take("-"), let day = reader.number(2),
      (1...12).contains(month), day >= 1, day <= Self.daysIn(month: month, year: year)
    else { return nil }
    let days = Self.daysFromEpoch(year: year, month: month, day: day)
    var seconds = Int64(days) * 86_400
    var fraction = 0
    if !reader.isAtEnd {
      guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2),
        reader.take(":"), let minute = reader.number(2), let second = reader.second(),
        hour < 24, minute < 60, second < 60
      else { return nil }
      if reader.hasSecond, reader.take(".") {
        guard let digits = reader.fraction() else { return nil }
        fraction = digits
      }
      guard let offsetMinutes = reader.zone(), reader.isAtEnd else { return nil }
      seconds += Int64(hour * 3600 + minute * 60 + second) - Int64(offsetMinutes) * 60
    }
    // Only years of six digits can lie beyond.
    // Toward zero, so that the least moment does not overflow before its fraction is added.
    let isBefore = seconds < 0
    let (scaled, isBeyond) = (isBefore ? seconds + 1 : seconds)
      .multipliedReportingOverflow(by: 1_000_000)
    let (sum, isSumBeyond) = scaled.addingReportingOverflow(
      Int64(isBefore ? fraction - 1_000_000 : fraction))
    guard !isBeyond, !isSumBeyond else { return nil }
    self.init(microseconds: sum)
  }

  /// The moment a day later; used to read a date as "until the end of that day".
  package var nextDay: Timestamp { Timestamp(microseconds: microseconds + 86_400_000_000) }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC, with 0, 3 or 6 digits of a second's fraction, as few as hold the value; a
  /// year outside 0 to 9999 has a sign and six digits, as in ISO 8601.
  package var description: String {
    let (days, inDay) = microseconds.flooredDivision(by: 86_400_000_000)
    let (year, month, day) = Self.date(daysFromEpoch: Int(days))
    let seconds = Int(inDay / 1_000_000)
    let fraction = Int(inDay % 1_000_000)
    var text = Self.yearText(year) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T"
    text += Self.padded(seconds / 3600, 2) + ":" + Self.padded(seconds / 60 % 60, 2) + ":"
    text += Self.padded(seconds % 60, 2)
    if fraction % 1000 != 0 {
      text += "." + Self.padded(fraction, 6)
    } else if fraction != 0 {
      text += "." + Self.padded(fraction / 1000, 3)
    }
    return text + "Z"
  }

  private static func yearText(_ year: Int) -> String {
    guard !(0...9999).contains(year) else { return padded(year, 4) }
    return (year < 0 ? "-" : "+") + padded(abs(year), 6)
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

  /// Reads the fixed-width fields of RFC 3339, or those of ISO 8601 where it is lenient.
  private struct Reader {
    let bytes: [UInt8]
    let isLenient: Bool
    var position = 0
    /// True when the time had seconds.
    private(set) var hasSecond = false

    init(bytes: [UInt8], isLenient: Bool) {
      self.bytes = bytes
      self.isLenient = isLenient
    }

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

    /// Four digits, or a sign and six.
    mutating func year() -> Int? {
      guard isLenient else { return number(4) }
      if take("-") { return number(6).map { -$0 } }
      return take("+") ? number(6) : number(4)
    }

    /// The seconds after a colon; 0 where they may be left out.
    mutating func second() -> Int? {
      hasSecond = take(":")
      return hasSecond ? number(2) : (isLenient ? 0 : nil)
    }

    /// One to six digits, as microseconds; nine where those that are lost are zeros.
    mutating func fraction() -> Int? {
      var value = 0
      var count = 0
      while let digit = digit() {
        count += 1
        if count > 6 {
          guard isLenient, count <= 9, digit == 0 else { return nil }
        } else {
          value = value * 10 + digit
        }
      }
      guard count > 0 else { return nil }
      for _ in min(count, 6)..<6 { value *= 10 }
      return value
    }

    /// `Z` or `+hh:mm`, in minutes.
    mutating func zone() -> Int? {
      if take("Z") || take("z") || isLenient && isAtEnd { return 0 }
      let isWest = take("-")
      guard isWest || take("+"), let hours = number(2) else { return nil }
      var minutes = 0
      if !isLenient || !isAtEnd {
        guard take(":") || isLenient, let written = number(2) else { return nil }
        minutes = written
      }
      guard hours < 24, minutes < 60 else { return nil }
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
