package import Statistics
package import Wire

/// The statistics of an arm's repeated attempts at items.
package enum RepeatSummary {
  /// The numbers of attempts for which pass@k and pass^k are reported.
  private static let steps = [1, 2, 3, 5, 8, 10, 16, 32, 64, 100]

  /// The summary of `rows`, of which `items` names the item of each.
  ///
  /// Nil where success is not yes or no. `clusters` covers the items.
  package static func document(
    _ rows: ArmRows, items: [Int], itemCount: Int, clusters: Clusters?, level: Double,
    edition: Edition = .current
  ) -> ArmDocument.Repeats? {
    func share(_ estimate: Estimate?, _ method: String) -> EstimateDocument? {
      let document = EstimateDocument(estimate, method: method)
      guard edition > .first else { return document }
      return document?.ofShares(varies: document?.lower != document?.upper, level: level)
    }
    guard let success = rows.numbers(.success),
      success.allSatisfy({ $0 == nil || $0 == 0 || $0 == 1 })
    else { return nil }
    var attempts = [Int](repeating: 0, count: itemCount)
    var successes = attempts
    for (place, item) in items.enumerated() {
      guard let value = success[place] else { continue }
      attempts[item] += 1
      if value == 1 { successes[item] += 1 }
    }
    let repeated = zip(attempts, successes).map { RepeatedItem(attempts: $0, successes: $1) }
    var document = ArmDocument.Repeats(
      items: itemCount, fewestAttempts: attempts.min() ?? 0, mostAttempts: attempts.max() ?? 0)
    let method = clusters == nil ? "t" : "clustered t"
    func each(_ estimate: (Int) -> Estimate?) -> [ArmDocument.Repeats.Attempts] {
      let most = document.mostAttempts
      return (steps.filter { $0 < most } + (most > 0 ? [most] : [])).compactMap { step in
        share(estimate(step), method).map { .init(attempts: step, estimate: $0) }
      }
    }
    document.passAtLeastOnce = each {
      Repeats.passAtLeastOnce(of: $0, repeated, clusters: clusters, level: level)
    }
    document.passEveryTime = each {
      Repeats.passEveryTime(of: $0, repeated, clusters: clusters, level: level)
    }
    document.flipRate = share(
      Repeats.flipRate(repeated, clusters: clusters, level: level),
      clusters == nil ? "Wilson" : method)
    document.consistency = share(
      Repeats.consistency(repeated, clusters: clusters, level: level), method)
    if let outputs = rows.texts(.output) {
      var texts = [[String]](repeating: [], count: itemCount)
      for (place, item) in items.enumerated() {
        if let output = outputs[place] { texts[item].append(output) }
      }
      document.outputConsistency = share(
        Repeats.consistency(outputs: texts, clusters: clusters, level: level), method)
    }
    return document
  }
}
