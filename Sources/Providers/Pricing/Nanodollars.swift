/// Texts of amounts in nanodollars.
package enum Nanodollars {
  /// A decimal number of dollars, with all nine digits behind the point.
  package static func decimal(_ nano: Int64) -> String {
    let rest = String(nano.magnitude % 1_000_000_000)
    let digits = String(repeating: "0", count: 9 - rest.count) + rest
    return "\(nano < 0 ? "-" : "")\(nano.magnitude / 1_000_000_000).\(digits)"
  }

  /// Dollars to the last digit that is not zero, at least cents: `$0.000104`.
  package static func text(_ nano: Int64) -> String {
    var digits = decimal(nano)
    for _ in 0..<7 where digits.last == "0" { digits.removeLast() }
    return "$" + digits
  }
}
