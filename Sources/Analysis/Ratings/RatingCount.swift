package import Model
package import Wire

/// The events that count: without those that were corrected, and of several that a rater gave about
/// one thing the latest.
package struct RatingCount {
  /// A rating that counts, with the moment by which it is ordered.
  package struct Rating {
    package let event: RatingEvent
    /// Places in time: by `at`, then by the order of rows.
    let moment: Int
    package let rater: DataText
    package let unit: RatingUnit
  }

  /// The ratings of each metric, metrics by kind, rubric, scorer and version.
  package private(set) var metrics: [(metric: RatingMetric, ratings: [Rating])] = []
  private(set) var corrected = 0
  private(set) var superseded = 0

  private struct Slot: Hashable {
    let metric: RatingMetric
    let unit: RatingUnit
    let rater: DataText
  }

  /// Counts events; across scorers, each version of a scorer is a rater of its own.
  package init(_ events: [RatingEvent], acrossScorers: Bool) {
    let gone = events.compactMap(\.corrects).textSet
    let order = events.indices.sorted {
      (events[$0].at?.microseconds ?? 0, $0) < (events[$1].at?.microseconds ?? 0, $1)
    }
    var slots: [Slot: Rating] = [:]
    for (moment, index) in order.enumerated() {
      let event = events[index]
      if let id = event.rating, gone.contains(id) {
        corrected += 1
        continue
      }
      let own = RatingMetric(event)
      let slot = Slot(
        metric: acrossScorers ? own.withoutScorer : own, unit: RatingUnit(event),
        rater: DataText(acrossScorers ? own.name(of: event.rater) : event.rater))
      let rating = Rating(event: event, moment: moment, rater: slot.rater, unit: slot.unit)
      if slots.updateValue(rating, forKey: slot) != nil { superseded += 1 }
    }
    let groups = Dictionary(grouping: slots, by: \.key.metric)
    metrics = groups.map { metric, slots in
      (metric, slots.map(\.value).sorted { $0.moment < $1.moment })
    }.sorted { $0.metric.sortKey.lexicographicallyPrecedes($1.metric.sortKey) }
  }
}

extension RatingMetric {
  fileprivate var sortKey: [DataText] { [kind, rubric, scorer, scorerVersion] }

  fileprivate var withoutScorer: RatingMetric {
    RatingMetric(kind: kind, rubric: rubric, scorer: "", scorerVersion: "")
  }

  /// A rater across scorers: people by their names, judges with what they are.
  fileprivate func name(of rater: String) -> String {
    scorer.string == RatingEvent.defaultScorer ? rater : "\(rater) (\(scorer) \(scorerVersion))"
  }
}
