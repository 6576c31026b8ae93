/// The number of attempts at one item, and of successes among them.
package struct RepeatedItem: Sendable, Hashable {
  /// Attempts, at least 0.
  package let attempts: Int
  /// Successes among them.
  package let successes: Int

  /// An item with `successes` (0...attempts) among `attempts`.
  package init(attempts: Int, successes: Int) {
    precondition(successes >= 0 && successes <= attempts)
    self.attempts = attempts
    self.successes = successes
  }

  /// The probability that at least one of `k` attempts drawn from these succeeds; nil below k
  /// attempts.
  ///
  /// pass@k = 1 − C(n−c, k)/C(n, k), Chen et al., https://arxiv.org/abs/2107.03374.
  package func passAtLeastOnce(of k: Int) -> Double? {
    if k < 1 || attempts < k { return nil }
    if attempts - successes < k { return 1 }
    var allFail = 1.0
    for drawn in 0..<k {
      allFail *= Double(attempts - successes - drawn) / Double(attempts - drawn)
    }
    return 1 - allFail
  }

  /// The probability that all of `k` attempts drawn from these succeed; nil below k attempts.
  ///
  /// pass^k = C(c, k)/C(n, k), Yao et al. (τ-bench), https://arxiv.org/abs/2406.12045.
  package func passEveryTime(of k: Int) -> Double? {
    if k < 1 || attempts < k { return nil }
    if successes < k { return 0 }
    var allPass = 1.0
    for drawn in 0..<k { allPass *= Double(successes - drawn) / Double(attempts - drawn) }
    return allPass
  }

  /// The share of pairs of attempts with the same result; nil below two attempts.
  package var agreement: Double? {
    if attempts < 2 { return nil }
    let (n, c) = (Double(attempts), Double(successes))
    return (c * (c - 1) + (n - c) * (n - c - 1)) / (n * (n - 1))
  }
}
