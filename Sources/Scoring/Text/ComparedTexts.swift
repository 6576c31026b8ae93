import Model

/// The texts that a scorer compares: the output and its references, changed alike.
struct ComparedTexts: Sendable {
  private let output: String
  private let expectation: Expectation
  private let normalizations: [Normalization]

  /// Takes `output`, the reference and `normalize` from options.
  init(_ options: inout ScorerOptions) throws(StoreError) {
    output = try options.output()
    expectation = try options.requiredExpectation()
    normalizations = try options.normalizations()
  }

  var columns: ScorerColumns { ScorerColumns(required: [output] + expectation.columns) }

  /// Returns the texts of a row.
  /// - Throws: ``ScoringFailure`` when it has no reference, or no output.
  func read(
    _ item: ScoredItem
  ) throws(ScoringFailure) -> (output: String, references: [String]) {
    let references = try expectation.texts(item).map { normalizations.applied(to: $0) }
    return (normalizations.applied(to: try item.output(output)), references)
  }
}
