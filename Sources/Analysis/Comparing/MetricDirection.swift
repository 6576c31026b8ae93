package import Wire

/// Which way is up, told by the words of a metric's name.
package enum MetricDirection {
  private static let up: Set = [
    "success", "successes", "pass", "passed", "passes", "correct", "correctness", "accuracy",
    "score", "f1", "precision", "recall", "win", "wins", "won", "resolved", "solved", "valid",
    "compliance", "compliant", "quality", "exact", "match", "matched", "bleu", "rouge", "reward",
    "rating", "helpful", "helpfulness", "faithful", "faithfulness", "grounded", "groundedness",
    "relevance", "hit", "agreement", "throughput", "auc", "map", "mrr", "ndcg", "similarity",
    "parsed", "parses", "safe", "coherence",
  ]
  private static let down: Set = [
    "latency", "duration", "seconds", "second", "ms", "millis", "milliseconds", "elapsed", "ttft",
    "cost", "costs", "usd", "eur", "price", "dollars", "error", "errors", "token", "tokens", "fail",
    "fails", "failed", "failure", "failures", "loss", "perplexity", "toxicity", "toxic",
    "hallucination", "hallucinations", "hallucinated", "timeout", "timeouts", "truncated",
    "truncation", "retries", "wer", "cer", "mae", "rmse", "mse", "brier", "steps", "invalid",
    "malformed", "unsafe", "incorrect", "wrong",
  ]

  /// The direction that a name tells; nil where it tells none, or both.
  package static func inferred(_ name: String) -> MetricDocument.Direction? {
    let words = words(name)
    // A cost per success is a cost.
    let counted = words.firstIndex(of: "per").map { Array(words[..<$0]) } ?? words
    let isUp = counted.contains { up.contains($0) }
    let isDown = counted.contains { down.contains($0) }
    return isUp == isDown ? nil : isUp ? .higher : .lower
  }

  /// Words of what is measured and needs no judge.
  private static let measured: Set = [
    "latency", "duration", "seconds", "second", "ms", "millis", "milliseconds", "elapsed", "ttft",
    "cost", "costs", "usd", "eur", "price", "dollars", "token", "tokens", "timeout", "timeouts",
    "truncated", "truncation", "retries", "steps", "throughput", "parsed", "parses",
  ]

  /// Whether a column is measured, and rests on no judge and no reference answer.
  static func isMeasured(_ name: String, _ roles: MetricRoles) -> Bool {
    let parts: [MetricRoles.Role] = [
      .latency, .cost, .inputTokens, .outputTokens, .truncated, .parsed, .valid,
    ]
    if parts.contains(where: { roles[$0] == name }) { return true }
    return roles[.success] != name && words(name).contains { measured.contains($0) }
  }

  /// `passRate_2` has the words pass, rate, 2.
  private static func words(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isLower = false
    for character in name {
      if !(character.isLetter || character.isNumber) || (character.isUppercase && isLower) {
        words.append(word)
        word = ""
      }
      if character.isLetter || character.isNumber { word += character.lowercased() }
      isLower = character.isLowercase
    }
    return (words + [word]).filter { !$0.isEmpty }
  }
}
