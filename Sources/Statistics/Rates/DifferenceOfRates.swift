/// The size of a difference of two rates.
package enum DifferenceOfRates {
  /// Cohen's h, 2·asin√p₂ − 2·asin√p₁: 0.2 is small, 0.5 medium, 0.8 large (Cohen 1988, 6.2).
  package static func cohensH(_ first: Double, _ second: Double) -> Double {
    2 * (angle(second) - angle(first))
  }

  /// asin √p.
  private static func angle(_ share: Double) -> Double {
    if share >= 1 { return 1.570_796_326_794_896_6 }
    return Elementary.arcTangent((max(0, share) / (1 - share)).squareRoot())
  }
}
