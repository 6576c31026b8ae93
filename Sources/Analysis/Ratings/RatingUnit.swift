package import Model
package import Wire

/// The subject of a rating: an item, and the arm or the two arms whose outputs were rated.
package struct RatingUnit: Hashable, Sendable {
  package let item: DataText
  /// The only arm, or the first of the two by name.
  package let a: DataText?
  package let b: DataText?

  /// The subject of an event; the order of its arms does not matter.
  package init(_ event: RatingEvent) {
    self.init(item: event.item, event.a, event.b)
  }

  init(item: String, _ first: String?, _ second: String?) {
    self.item = DataText(item)
    let (first, second) = (first.map { DataText($0) }, second.map { DataText($0) })
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
  package let kind: DataText
  package let rubric: DataText
  package let scorer: DataText
  package let scorerVersion: DataText

  init(kind: DataText, rubric: DataText, scorer: DataText, scorerVersion: DataText) {
    self.kind = kind
    self.rubric = rubric
    self.scorer = scorer
    self.scorerVersion = scorerVersion
  }

  /// The metric of an event.
  package init(_ event: RatingEvent) {
    kind = DataText(event.kind)
    rubric = DataText(event.rubric ?? RatingEvent.defaultRubric)
    scorer = DataText(event.scorer ?? RatingEvent.defaultScorer)
    scorerVersion = DataText(event.scorerVersion ?? RatingEvent.defaultScorerVersion)
  }

  /// The metric that tasks of a request are of.
  package init(_ request: RatingTaskRequest) {
    kind = DataText(request.kind)
    rubric = DataText(request.rubric)
    scorer = DataText(request.scorer)
    scorerVersion = DataText(request.scorerVersion)
  }
}
