package import Model

/// `human`: the ratings that people gave to outputs, in a dataset of kind ratings.
///
/// Outputs without a rating have no score; they are a task for people.
package struct HumanScorer: OutsideScorer {
  /// A person's judgement of an output.
  package struct Rating: Sendable, Hashable {
    package let rater: DataText
    /// The number of a score, or the word of a label.
    package let value: Double?
    package let label: String?

    /// A score or a label by `rater`.
    package init(rater: DataText, value: Double?, label: String?) {
      self.rater = rater
      self.value = value
      self.label = label
    }
  }

  /// The name of the type.
  package static let type = "human"

  package let identity: ScorerIdentity
  /// The question that raters answer; nil for the usual one.
  package let rubric: String?
  /// The labels that raters give; nil for scores.
  package let labels: [JudgeScorer.Label]?
  /// The dataset of the ratings; nil for the outputs' name and `.ratings`.
  package let ratings: String?
  private let output: String

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    rubric = try options.text("rubric")
    labels = try options.json("labels").map { (json) throws(StoreError) in
      try JudgeScorer.labels(json, options)
    }
    ratings = try options.text("ratings")
    output = try options.output()
  }

  package var columns: ScorerColumns { ScorerColumns(required: [output]) }

  /// The failure of an output that is still to be rated.
  package static let unrated = ScoringFailure("nobody has rated it yet")

  /// The mean of what people said of an output.
  /// - Throws: ``ScoringFailure`` when there is no output, or no rating of it.
  package func score(
    _ item: ScoredItem, _ ratings: [Rating]
  ) throws(ScoringFailure) -> Score {
    _ = try item.output(output)
    guard !ratings.isEmpty else { throw Self.unrated }
    var values: [Double] = []
    for rating in ratings {
      guard let labels else {
        if let value = rating.value { values.append(value) }
        continue
      }
      guard let label = labels.first(where: { $0.name.hasBytes(of: rating.label ?? "") }) else {
        throw ScoringFailure(
          "\(rating.rater) gave the label '\(rating.label ?? "")', which the scorer does not have")
      }
      values.append(label.value)
    }
    let mean = values.reduce(0, +) / Double(values.count)
    return Score(.number(mean), detail: "\(values.count) rating\(values.count == 1 ? "" : "s")")
  }
}
