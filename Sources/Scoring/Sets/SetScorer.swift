import Statistics

/// A measurement of all outputs of a model together, which is not the mean of theirs.
package protocol SetScorer: Measure {
  /// Measures a set.
  /// - Parameter items: The outputs of each item; resampling draws items, since the attempts at one
  ///   are alike.
  func score(_ items: [[ScoredItem]]) -> SetScore
}

/// The value of a set of outputs.
package struct SetScore: Sendable, Hashable {
  /// Nil when no output, or too few, could be scored.
  package var value: Double?
  package var lower: Double?
  package var upper: Double?
  /// The reason for which there is no value, or no interval.
  package var note: String?
  /// The number of outputs in the value.
  package var scored: Int
  /// The number of outputs that could not be scored.
  package var errors: Int

  /// A value of `scored` outputs.
  package init(
    value: Double? = nil, lower: Double? = nil, upper: Double? = nil, note: String? = nil,
    scored: Int, errors: Int
  ) {
    self.value = value
    self.lower = lower
    self.upper = upper
    self.note = note
    self.scored = scored
    self.errors = errors
  }
}

/// `bleu`, `chrf` and `wer` of a set (`scope: set`): the value of the outputs' added counts, as
/// sacrebleu's and jiwer's of a corpus.
struct CorpusScorer: SetScorer {
  /// As many as sacrebleu draws.
  static let resampleCount = 1_000
  static let seed: UInt64 = 12_345

  private let scorer: SimilarityScorer
  var identity: ScorerIdentity { scorer.identity }
  var columns: ScorerColumns { scorer.columns }

  init(_ scorer: SimilarityScorer) { self.scorer = scorer }

  func score(_ items: [[ScoredItem]]) -> SetScore {
    var units: [[Double]] = []
    var (scored, errors) = (0, 0)
    var note: String?
    for outputs in items {
      var sum: [Double] = []
      for output in outputs {
        do throws(ScoringFailure) {
          let counts = try scorer.counts(output)
          sum = sum.isEmpty ? counts : zip(sum, counts).map(+)
          scored += 1
        } catch {
          errors += 1
          note = note ?? error.message
        }
      }
      if !sum.isEmpty { units.append(sum) }
    }
    guard let first = units.first else { return SetScore(note: note, scored: 0, errors: errors) }
    let metric = scorer.metric
    let known = units
    let isCancelled = items.first?.first?.cancellation
    let width = first.count
    let interval = Bootstrap.percentile(
      unitCount: units.count, resamples: Self.resampleCount, seed: Self.seed, level: 0.95
    ) { times in
      var sum = [Double](repeating: 0, count: width)
      if isCancelled?() == true { return 0 }
      for (unit, count) in zip(known, times) where count > 0 {
        for place in 0..<width { sum[place] += Double(count) * unit[place] }
      }
      return metric.value(of: sum, isSet: true)
    }
    let all = units.dropFirst().reduce(first) { zip($0, $1).map(+) }
    return SetScore(
      value: metric.value(of: all, isSet: true), lower: interval?.interval.lower,
      upper: interval?.interval.upper,
      note: interval == nil ? "no interval: it takes two items" : nil, scored: scored,
      errors: errors)
  }
}
