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

  var columns: ScorerColumns { ScorerColumns(required: [output]) + expectation.columns }

  /// True for a reference that is the same for all items, and empty.
  var isEmptyValue: Bool {
    guard case .value(let value) = expectation else { return false }
    return Expectation.texts(value).allSatisfy { normalizations.applied(to: $0).isEmpty }
  }

  /// Returns the texts of a row.
  /// - Parameter allowsEmpty: False where an empty reference is none.
  /// - Throws: ``ScoringFailure`` when it has no reference, or no output.
  func read(
    _ item: ScoredItem, allowsEmpty: Bool = true
  ) throws(ScoringFailure) -> (output: String, references: [String]) {
    let references = try expectation.texts(item).map { normalizations.applied(to: $0) }
      .filter { allowsEmpty || !$0.isEmpty }
    guard allowsEmpty || !references.isEmpty else { throw expectation.missing }
    return (normalizations.applied(to: try item.output(output)), references)
  }
}
