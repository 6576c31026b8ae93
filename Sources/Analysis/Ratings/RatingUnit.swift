package import Wire

/// What a rating is about: an item, and the arm or the two arms whose outputs were rated.
package struct RatingUnit: Hashable, Sendable {
  package let item: String
  /// The only arm, or the first of the two by name.
  package let a: String?
  package let b: String?

  /// What an event is about; the order of its arms does not matter.
  package init(_ event: RatingEvent) {
    self.init(item: event.item, event.a, event.b)
  }

  init(item: String, _ first: String?, _ second: String?) {
    self.item = item
    if let first, let second, second < first {
      (a, b) = (second, first)
    } else {
      (a, b) = (first, second)
    }
  }
}

/// The question, and who or what answered it: ratings that differ in one of these are of different
/// metrics, and never replace one another.
package struct RatingMetric: Hashable, Sendable {
  package let kind: String
  package let rubric: String
  package let scorer: String
  package let scorerVersion: String

  init(kind: String, rubric: String, scorer: String, scorerVersion: String) {
    self.kind = kind
    self.rubric = rubric
    self.scorer = scorer
    self.scorerVersion = scorerVersion
  }

  /// The metric of an event.
  package init(_ event: RatingEvent) {
    kind = event.kind
    rubric = event.rubric ?? RatingEvent.defaultRubric
    scorer = event.scorer ?? RatingEvent.defaultScorer
    scorerVersion = event.scorerVersion ?? RatingEvent.defaultScorerVersion
  }

  /// The metric that tasks of a request are of.
  package init(_ request: RatingTaskRequest) {
    kind = request.kind
    rubric = request.rubric
    scorer = request.scorer
    scorerVersion = request.scorerVersion
  }
}
