extension FixedWidthInteger {
  /// The sum, or the largest or smallest number where it does not fit: counts and costs come from
  /// providers, and no sum of them may end the program.
  package func adding(_ other: Self) -> Self {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other > 0 ? .max : .min) : sum
  }

  /// The product with a number that is more than 0, or the largest or smallest number.
  package func multiplied(by factor: Self) -> Self {
    let (product, overflows) = multipliedReportingOverflow(by: factor)
    return overflows ? (self > 0 ? .max : .min) : product
  }
}
