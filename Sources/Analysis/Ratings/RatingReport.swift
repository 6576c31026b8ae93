import Platform
import Statistics
package import Model
package import Wire

/// Makes the report on the events of a version: agreement, strengths, bias, drift.
package struct RatingReport {
  let request: RatingReportRequest
  /// The coverage of all intervals.
  static let level = 0.95

  /// A report made as `request` says.
  /// - Throws: ``StoreError`` of kind `usage` when options are out of bounds.
  package init(_ request: RatingReportRequest) throws(StoreError) {
    guard (100...100_000).contains(request.resamples) else {
      throw StoreError(.usage, "items are drawn again 100 to 100000 times")
    }
    self.request = request
  }

  /// The report on the events of `version`.
  /// - Throws: ``StoreError`` of kind `missing` when no event has the anchor.
  package func document(
    _ events: [RatingEvent], version: String, snapshot: Digest
  ) throws(StoreError) -> RatingReportDocument {
    let arms = events.flatMap { [$0.a, $0.b].compactMap { $0 } }.textSet
    if let anchor = request.anchor, !arms.contains(anchor) {
      throw StoreError(
        .missing,
        "no rating has the arm '\(anchor)'; " + Spelling.advice(anchor, arms.map(\.string)))
    }
    let count = RatingCount(events, acrossScorers: request.acrossScorers)
    return RatingReportDocument(
      version: version, snapshot: snapshot, events: events.count, corrected: count.corrected,
      superseded: count.superseded, seed: request.seed, resamples: request.resamples,
      level: Self.level,
      metrics: try count.metrics.map { found throws(StoreError) in
        try metric(found.metric, found.ratings)
      })
  }

  private func metric(
    _ metric: RatingMetric, _ ratings: [RatingCount.Rating]
  ) throws(StoreError) -> RatingReportDocument.Metric {
    try CancellationFlag.check()
    return RatingReportDocument.Metric(
      kind: metric.kind.string, rubric: metric.rubric.string,
      scorer: request.acrossScorers ? nil : metric.scorer.string,
      scorerVersion: request.acrossScorers ? nil : metric.scorerVersion.string,
      ratings: ratings.count,
      items: Set(ratings.map(\.unit.item)).count, raters: raters(ratings, kind: metric.kind.string),
      agreement: try agreement(ratings, kind: metric.kind.string),
      arms: metric.kind == "preference" ? nil : arms(ratings, kind: metric.kind.string),
      preference: metric.kind == "preference" ? try preference(ratings) : nil)
  }

  // The scores or labels of each arm: an item's is the mean of its ratings, and items are the
  // sample.
  private func arms(
    _ ratings: [RatingCount.Rating], kind: String
  ) -> [RatingReportDocument.Arm] {
    Dictionary(grouping: ratings, by: { $0.unit.a ?? "" }).sorted { $0.key < $1.key }
      .map { arm, own in
        let items = Dictionary(grouping: own, by: \.unit.item).sorted { $0.key < $1.key }
          .map(\.value)
        var section = RatingReportDocument.Arm(
          arm: arm.string, ratings: own.count, items: items.count, mean: nil, labels: nil)
        if kind == "score" {
          section.mean = Self.mean(
            items.map { own in Self.mean(own) { $0.event.value ?? 0 } }, within: Self.scale(of: own)
          )
        } else {
          section.labels = own.compactMap(\.event.label).textSet.sorted().map { label in
            func isHit(_ rating: RatingCount.Rating) -> Bool {
              rating.event.label?.hasBytes(of: label.string) == true
            }
            let shares = items.map { own in Self.mean(own) { isHit($0) ? 1 : 0 } }
            return RatingReportDocument.Arm.Label(
              label: label.string, count: own.count(where: isHit),
              share: Self.mean(shares, areShares: true) ?? .init(value: 0))
          }
        }
        return section
      }
  }

  /// The mean over the ratings of an item.
  private static func mean(
    _ ratings: [RatingCount.Rating], of value: (RatingCount.Rating) -> Double
  ) -> Double {
    ratings.reduce(0) { $0 + value($1) } / Double(ratings.count)
  }

  /// The scale of scores that people gave, beyond which no mean lies; nil for scores of others.
  private static func scale(of ratings: [RatingCount.Rating]) -> ClosedRange<Double>? {
    let scale = Double(RatingEvent.scores.lowerBound)...Double(RatingEvent.scores.upperBound)
    let isOnScale = ratings.allSatisfy { rating in
      rating.event.scorer?.hasBytes(of: RatingEvent.defaultScorer) ?? true
        && rating.event.value.map(scale.contains) ?? true
    }
    return isOnScale ? scale : nil
  }

  /// The mean over items; the bounds of shares stay between 0 and 1, those of scores on the scale.
  private static func mean(
    _ values: [Double], areShares: Bool = false, within scale: ClosedRange<Double>? = nil
  ) -> RatingReportDocument.Range? {
    let mean = EstimateDocument.mean(
      values, clusters: nil, level: level, areAmounts: !areShares, areShares: areShares)
    return (scale.flatMap { mean?.clipped(to: $0) } ?? mean).map {
      RatingReportDocument.Range(value: $0.value, lower: $0.lower, upper: $0.upper)
    }
  }

  private func raters(
    _ ratings: [RatingCount.Rating], kind: String
  ) -> [RatingReportDocument.Rater] {
    let byRater = Dictionary(grouping: ratings, by: \.rater).sorted { $0.key < $1.key }
    let drifts = kind == "score" ? drifts(ratings, byRater.map(\.value)) : []
    return byRater.enumerated().map { index, entry in
      RatingReportDocument.Rater(
        rater: entry.key.string, ratings: entry.value.count,
        drift: drifts.isEmpty ? nil : drifts[index])
    }
  }

  private func drifts(
    _ ratings: [RatingCount.Rating], _ byRater: [[RatingCount.Rating]]
  ) -> [RatingReportDocument.Drift?] {
    var sums: [RatingUnit: (sum: Double, count: Int)] = [:]
    for rating in ratings {
      sums[rating.unit, default: (0, 0)].sum += rating.event.value ?? 0
      sums[rating.unit, default: (0, 0)].count += 1
    }
    let drifts = byRater.map { own in
      let scores = own.map { $0.event.value ?? 0 }
      let others: [Double?] = own.enumerated().map { place, rating in
        guard let all = sums[rating.unit], all.count > 1 else { return nil }
        return (all.sum - scores[place]) / Double(all.count - 1)
      }
      return RaterDrift(scores: scores, others: others, level: Self.level)
    }
    let adjusted = Holm.adjusted(drifts.map { $0?.pValue })
    return zip(drifts, adjusted).map { drift, adjusted in
      drift.map {
        RatingReportDocument.Drift(
          slope: .init(value: $0.slope, lower: $0.interval.lower, upper: $0.interval.upper),
          pValue: $0.pValue, adjustedPValue: adjusted ?? 1, leniency: $0.leniency,
          ratings: $0.ratingCount)
      }
    }
  }
}

extension RatingReportDocument.Range {
  init(_ estimate: Estimate) {
    self.init(
      value: estimate.value, lower: estimate.interval?.lower, upper: estimate.interval?.upper)
  }
}
