package import Model

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
package struct HTTPDate: Sendable, Hashable {
  /// Since 1970-01-01T00:00:00Z.
  package let seconds: Int64

  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The whole second that a time is in.
  package init(_ time: Timestamp) {
    let (quotient, remainder) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    seconds = remainder < 0 ? quotient - 1 : quotient
  }

  /// Reads the form that is written and the two obsolete ones, which every recipient has to know:
  /// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`; nil for any other text.
  ///
  /// Years of two digits are those from 1969 to 2068, as POSIX has them.
  package init?(parsing text: String) {
    let parts = text.split(separator: " ").map(String.init)
    switch parts.count {
    case 6 where parts[5] == "GMT" && parts[1].utf8.count == 2:
      self.init(year: parts[3], month: parts[2], day: parts[1], time: parts[4])
    case 4 where parts[3] == "GMT":
      let date = parts[1].split(separator: "-").map(String.init)
      guard date.count == 3, date[0].utf8.count == 2, date[2].utf8.count == 2 else { return nil }
      let century = date[2] < "69" ? "20" : "19"
      self.init(year: century + date[2], month: date[1], day: date[0], time: parts[2])
    case 5:
      let day = parts[2].utf8.count == 1 ? "0" + parts[2] : parts[2]
      self.init(year: parts[4], month: parts[1], day: day, time: parts[3])
    default: return nil
    }
  }

  private init?(year: String, month: String, day: String, time: String) {
    guard year.utf8.count == 4, let number = Self.months.firstIndex(of: month),
      let time = Timestamp(parsing: "\(year)-\(number < 9 ? "0" : "")\(number + 1)-\(day)T\(time)Z")
    else { return nil }
    self.init(time)
  }
}

extension HTTPDate: CustomStringConvertible {
  package var description: String {
    // The parts of `2026-10-01T12:00:00Z`.
    let text = Array(Timestamp(microseconds: seconds * 1_000_000).description)
    guard text.count == 20, let month = Int(String(text[5...6])) else { return "" }
    let days = (Double(seconds) / 86_400).rounded(.down)
    let day = (Int(days) % 7 + 7) % 7
    return "\(Self.days[day]), \(String(text[8...9])) \(Self.months[month - 1]) "
      + "\(String(text[0...3])) \(String(text[11...18])) GMT"
  }
}
