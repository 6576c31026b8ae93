import Model

/// The scorers that compare the output with a reference text, byte by byte.
struct TextScorer: Scorer {
  /// The place of the reference text in the output.
  enum Rule: Sendable {
    case exact, contains, prefix
  }

  let identity: ScorerIdentity
  private let rule: Rule
  private let texts: ComparedTexts

  init(
    _ identity: ScorerIdentity, _ options: inout ScorerOptions, rule: Rule
  ) throws(StoreError) {
    self.identity = identity
    self.rule = rule
    texts = try ComparedTexts(&options)
    guard rule == .exact || !texts.isEmptyValue else {
      throw options.fault("'value' is empty, and every output would have it")
    }
  }

  var columns: ScorerColumns { texts.columns }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let (text, references) = try texts.read(item, allowsEmpty: rule == .exact)
    let output = Array(text.utf8)
    return Score(references.contains { holds(output, Array($0.utf8)) })
  }

  private func holds(_ output: [UInt8], _ expected: [UInt8]) -> Bool {
    switch rule {
    case .exact: output == expected
    case .prefix: output.starts(with: expected)
    case .contains: output.hasPart(expected)
    }
  }
}

/// `regex`: a pattern that matches somewhere in the output.
struct RegexScorer: Scorer {
  let identity: ScorerIdentity
  private let output: String
  private let regex: LinearRegex
  private let normalizations: [Normalization]

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    output = try options.output()
    let pattern = try options.requiredText("pattern", "the pattern to look for")
    do throws(RegexFault) {
      regex = try LinearRegex(pattern)
    } catch {
      throw options.fault(
        "the pattern cannot be used, at character \(error.offset + 1): \(error.message)")
    }
    normalizations = try options.normalizations()
  }

  var columns: ScorerColumns { ScorerColumns(required: [output]) }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    var work = ScoringWork(item)
    return Score(
      try regex.matches(normalizations.applied(to: try item.output(output)), &work))
  }
}
