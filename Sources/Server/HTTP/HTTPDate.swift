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

  /// Reads the form that is written; nil for others, the obsolete ones among them.
  package init?(parsing text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", parts[1].utf8.count == 2,
      parts[3].utf8.count == 4, let month = Self.months.firstIndex(of: String(parts[2])),
      let time = Timestamp(
        parsing: "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
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
