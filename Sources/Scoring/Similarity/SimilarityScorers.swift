import Model

/// `bleu`, `chrf` and `wer`: similarities of texts that are computed from counts.
struct SimilarityScorer: Scorer {
  let identity: ScorerIdentity
  private let texts: ComparedTexts
  let metric: TextMetric

  init(
    _ identity: ScorerIdentity, _ options: inout ScorerOptions, metric: TextMetric
  ) throws(StoreError) {
    self.identity = identity
    self.metric = metric
    texts = try ComparedTexts(&options)
  }

  var columns: ScorerColumns { texts.columns }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    Score(metric.value(of: try counts(item)))
  }

  /// The counts of an output, which add up to those of a set.
  func counts(_ item: ScoredItem) throws(ScoringFailure) -> [Double] {
    let (output, references) = try texts.read(item)
    var work = ScoringWork(item)
    return try metric.counts(output, references, &work)
  }
}

extension SimilarityScorer {
  /// The measurement of each output, or of the set where `scope` says so.
  func scoped(_ options: inout ScorerOptions) throws(StoreError) -> any Measure {
    try options.scope() == .set ? CorpusScorer(self) : self
  }
}

/// The outputs that a measurement is of.
enum ScorerScope: String, CaseIterable, Sendable {
  case item, set
}

extension ScorerOptions {
  /// The outputs that the measurement is of; nil where it is not said.
  mutating func scope() throws(StoreError) -> ScorerScope? {
    try choice("scope", ScorerScope.self)
  }
}

extension TextMetric {
  /// BLEU with the tokenization that options name.
  static func bleu(_ options: inout ScorerOptions) throws(StoreError) -> TextMetric {
    .bleu(try options.choice("tokenize", TextTokens.Tokenization.self) ?? .mteval)
  }

  /// chrF with the orders that options name.
  static func chrF(_ options: inout ScorerOptions) throws(StoreError) -> TextMetric {
    .chrF(
      charOrder: try options.integer("char_order", in: 1...20) ?? 6,
      wordOrder: try options.integer("word_order", in: 0...10) ?? 0,
      beta: try options.number("beta") ?? 2)
  }
}

/// `rouge_l`: F of the longest common subsequence of words, as `rouge_score` computes it.
struct RougeScorer: Scorer {
  let identity: ScorerIdentity
  private let texts: ComparedTexts

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    texts = try ComparedTexts(&options)
  }

  var columns: ScorerColumns { texts.columns }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let (output, references) = try texts.read(item)
    let words = TextTokens.rouge(output)
    var work = ScoringWork(item)
    var values: [Double] = []
    for reference in references {
      values.append(try Self.value(words, TextTokens.rouge(reference), &work))
    }
    // Of several references, the best counts, as in `score_multi`.
    return Score(values.max() ?? 0)
  }

  private static func value(
    _ words: [DataText], _ reference: [DataText], _ work: inout ScoringWork
  ) throws(ScoringFailure) -> Double {
    guard !words.isEmpty, !reference.isEmpty else { return 0 }
    let common = Double(try commonLength(reference, words, &work))
    let (precision, recall) = (common / Double(words.count), common / Double(reference.count))
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
  }

  /// The length of the longest common subsequence.
  private static func commonLength(
    _ one: [DataText], _ two: [DataText], _ work: inout ScoringWork
  ) throws(ScoringFailure) -> Int {
    let (one, two) = TextTokens.numbers(one, two)
    var row = [Int](repeating: 0, count: two.count + 1)
    for word in one {
      try work.spend(two.count)
      var diagonal = 0
      for (place, other) in two.enumerated() {
        let above = row[place + 1]
        row[place + 1] = word == other ? diagonal + 1 : max(above, row[place])
        diagonal = above
      }
    }
    return row[two.count]
  }
}
