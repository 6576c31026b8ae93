package import Model
package import Wire

/// The nature of a metric's values by their meaning, whatever the values at hand.
package enum MetricNature: Sendable, Hashable {
  /// Yes or no, or a share of something: between 0 and 1.
  case rate
  /// So much of something: a cost, a time, tokens, a count; no rate where all of them are 0 or 1.
  case amount
  /// Yes or no, or points of a scale: the values decide.
  case open

  /// The nature of a column, by its types, the part it plays and the words of its name.
  ///
  /// True and false are a rate whatever the name says.
  /// - Parameter types: Those of the column on all arms.
  package init(_ name: String, types: [ColumnType], roles: MetricRoles) {
    func plays(_ parts: [MetricRoles.Role]) -> Bool {
      parts.contains { roles[$0]?.hasBytes(of: name) == true }
    }
    let words = MetricDirection.counted(name)
    if !types.isEmpty, types.allSatisfy({ $0 == .bool }) {
      self = .rate
    } else if plays([.latency, .cost, .inputTokens, .outputTokens]) {
      self = .amount
    } else if plays(MetricRoles.shares.filter { $0 != .success }) {
      self = .rate
    } else if plays([.success]), Self.nature(words) == .open {
      // A score may have points: a column called so says nothing of its range.
      self = words.contains(where: Self.scales.contains) ? .open : .rate
    } else {
      self = Self.nature(words)
    }
  }

  private static let rates: Set = [
    "success", "pass", "passed", "correct", "accuracy", "acc", "f1", "precision", "recall", "win",
    "won", "resolved", "solved", "valid", "compliance", "compliant", "exact", "match", "matched",
    "hit", "auc", "mrr", "ndcg", "parsed", "safe", "refusal", "refused", "truncated", "failed",
    "incorrect", "invalid", "unsafe", "malformed", "hallucinated", "rate",
  ]
  private static let amounts: Set = [
    "latency", "duration", "second", "seconds", "sec", "secs", "ms", "millis", "milliseconds",
    "elapsed", "time", "ttft", "throughput", "cost", "costs", "usd", "eur", "price", "dollars",
    "token", "tokens", "words", "bytes", "size", "length", "errors", "fails", "failures",
    "timeouts", "retries", "hallucinations", "successes", "passes", "wins", "steps", "turns",
    "calls", "attempts", "perplexity", "loss", "mae", "rmse", "mse",
  ]
  /// Words of what is counted, wherever they stand.
  private static let counts: Set = ["n", "num", "count", "counts"]
  private static let scales: Set = [
    "score", "scores", "rating", "grade", "points", "stars", "quality", "reward",
  ]

  /// The nature implied by the words of a name: the last one that implies any, as `token_f1` is an
  /// F1 and `success_latency` a latency.
  private static func nature(_ words: [String]) -> MetricNature {
    if words.contains(where: counts.contains) { return .amount }
    guard let word = words.last(where: { rates.contains($0) || amounts.contains($0) }) else {
      return .open
    }
    return rates.contains(word) ? .rate : .amount
  }
}
