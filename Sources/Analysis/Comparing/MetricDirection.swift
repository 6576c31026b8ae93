package import Wire

/// The direction of a metric, inferred from the words of its name.
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

  /// The direction that a name implies; nil without one, or with both.
  package static func inferred(_ name: String) -> MetricDocument.Direction? {
    let counted = counted(name)
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

  /// Words for a judged result, whatever was measured besides.
  private static let judged = up.subtracting(measured).union(["incorrect", "wrong"])

  /// Returns true when a column is measured, and rests on no judge and no reference answer.
  static func isMeasured(_ name: String, _ roles: MetricRoles) -> Bool {
    let parts: [MetricRoles.Role] = [
      .latency, .cost, .inputTokens, .outputTokens, .truncated, .parsed, .valid,
    ]
    if parts.contains(where: { roles[$0] == name }) { return true }
    let words = counted(name)
    // The F1 of tokens and the share of right steps are judged.
    return roles[.success] != name && words.contains(where: measured.contains)
      && !words.contains(where: judged.contains)
  }

  /// Returns true when a word implies a direction.
  static func tells(_ word: String) -> Bool { up.contains(word) || down.contains(word) }

  /// The words of what a name counts: `cost_per_success` is a cost.
  static func counted(_ name: String) -> [String] {
    let words = words(of: name)
    return words.firstIndex(of: "per").map { Array(words[..<$0]) } ?? words
  }

  /// The words of a name in small letters: `passRate_2` has pass, rate, 2.
  static func words(of name: String) -> [String] {
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
