/// Two rates over different items, as in an experiment that assigns each unit to one side.
package enum DifferenceOfRates {
  /// Newcombe's hybrid score interval of p₂ − p₁ ("method 10", 1998); nil where a side is empty.
  package static func newcombe(
    first: (successes: Int, trials: Int), second: (successes: Int, trials: Int),
    level: Double = 0.95
  ) -> Interval? {
    guard
      let one = Proportion.wilson(
        successes: first.successes, trials: first.trials, level: level),
      let two = Proportion.wilson(
        successes: second.successes, trials: second.trials, level: level),
      let oneLower = one.lower, let oneUpper = one.upper,
      let twoLower = two.lower, let twoUpper = two.upper
    else { return nil }
    let p1 = Double(first.successes) / Double(first.trials)
    let p2 = Double(second.successes) / Double(second.trials)
    let down = ((p2 - twoLower) * (p2 - twoLower) + (oneUpper - p1) * (oneUpper - p1)).squareRoot()
    let up = ((twoUpper - p2) * (twoUpper - p2) + (p1 - oneLower) * (p1 - oneLower)).squareRoot()
    return Interval(lower: p2 - p1 - down, upper: p2 - p1 + up, level: level)
  }

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
