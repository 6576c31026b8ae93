import Foundation
package import Wire

/// Numbers as people read them: rounded, with signs and units.
package enum Figures {
  /// A number with four significant digits.
  package static func number(_ value: Double) -> String {
    let size = abs(value)
    if size == 0 { return "0" }
    if size >= 9999.5, size < 1e15 { return minus(String(format: "%.0f", value)) }
    return minus(String(format: "%.4g", value))
  }

  /// A share in per cent.
  package static func percent(_ share: Double, digits: Int = 1) -> String {
    minus(String(format: "%.\(digits)f %%", share * 100))
  }

  /// With a sign also where it is positive.
  package static func signed(_ text: String) -> String {
    text.hasPrefix("−") || text.allSatisfy({ !"123456789".contains($0) }) ? text : "+" + text
  }

  /// A p-value.
  package static func pValue(_ value: Double) -> String {
    value < 0.0001 ? "p < 0.0001" : "p = " + String(format: "%.2g", value)
  }

  /// A confidence level: `95 %`.
  package static func level(_ level: Double) -> String {
    number((level * 1e6).rounded() / 1e4) + " %"
  }

  /// An interval; says so where a bound is missing.
  package static func interval(
    _ estimate: EstimateDocument, _ form: (Double) -> String
  ) -> String {
    bounds(estimate.lower, estimate.upper, form) ?? "(no interval)"
  }

  /// Two bounds, one of which may be missing; nil where both are.
  package static func bounds(
    _ lower: Double?, _ upper: Double?, _ form: (Double) -> String = number
  ) -> String? {
    switch (lower, upper) {
    case (let lower?, let upper?): "[\(form(lower)), \(form(upper))]"
    case (let lower?, nil): "[\(form(lower)), no upper bound]"
    case (nil, let upper?): "[no lower bound, \(form(upper))]"
    case (nil, nil): nil
    }
  }

  /// A true minus sign, which stands as wide as a plus.
  private static func minus(_ text: String) -> String {
    text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}
