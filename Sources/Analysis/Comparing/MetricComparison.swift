import Statistics
import Model
import Wire

/// One metric of two arms on the same items.
struct MetricComparison: Sendable {
  let choice: MetricChoice
  let values: MetricValues
  let options: ComparisonOptions
  /// True for a slice, which neither resamples items nor names those that got worse.
  let isBrief: Bool
  let draws: Draws<StoreError>
  var edition = Edition.current

  /// The document of a sample, without the p-value that depends on the other tests.
  func document(
    _ base: [Double?], _ candidate: [Double?], clusters: Clusters?, keys: [[String]]
  ) throws(StoreError) -> MetricDocument {
    var document = MetricDocument(metric: choice.name, direction: choice.direction)
    let sample = PairedSample(base: base, candidate: candidate, clusters: clusters)
    document.scale = values.areBinary || values.areRates ? .binary : .number
    document.items = sample.count
    document.missing = sample.excludedCount
    let level = options.confidence
    guard let paired = PairedDifference(sample, level: level) else { return document }
    func mean(_ column: [Double]) -> EstimateDocument? {
      .mean(
        column, clusters: sample.clusters, level: level, areAmounts: values.areAmounts,
        areShares: values.areShares)
    }
    document.base = mean(sample.base)
    document.candidate = mean(sample.candidate)
    document.correlation = paired.correlation?.ifFinite
    document.unpairedStandardError = paired.unpairedStandardError?.ifFinite
    let isUp = choice.direction == .higher
    document.wins = isUp ? paired.higherCount : paired.lowerCount
    document.losses = isUp ? paired.lowerCount : paired.higherCount
    document.ties = paired.equalCount
    if values.areBinary, clusters == nil {
      addBinary(PairedCounts(sample), paired, to: &document)
    } else {
      try addMeans(sample, paired, to: &document)
    }
    if edition > .second, values.areShares {
      document.detectable = document.detectable?.ofShares
    }
    document.relative = relative(sample, document.difference)
    if !isBrief { document.worse = worse(base, candidate, keys) }
    return document
  }

  private var alpha: Double { 1 - options.confidence }

  private func addBinary(
    _ counts: PairedCounts, _ paired: PairedDifference, to document: inout MetricDocument
  ) {
    let interval = TangoInterval.of(counts, level: options.confidence)
    document.difference = EstimateDocument(
      value: paired.difference.value, standardError: paired.difference.standardError,
      lower: interval?.lower, upper: interval?.upper, method: "Tango", rows: counts.total)
    let test = McNemarTest(counts)
    document.test = .init(name: "exact McNemar", pValue: test.pValue)
    document.furtherTests = [.init(name: "mid-p McNemar", pValue: test.midPValue)]
    document.counts = .init(
      both: counts.both, onlyBase: counts.onlyBase, onlyCandidate: counts.onlyCandidate,
      neither: counts.neither)
    document.effect = .init(
      name: "Cohen's h", value: DifferenceOfRates.cohensH(paired.baseMean, paired.candidateMean))
    // Where nothing is discordant, nothing is known of how much could have been.
    if counts.discordant > 0 {
      document.detectable = DetectableDifference.smallest(
        variance: Double(counts.discordant) / Double(counts.total), count: counts.total,
        alpha: alpha)
    }
  }

  private func addMeans(
    _ sample: PairedSample, _ paired: PairedDifference, to document: inout MetricDocument
  ) throws(StoreError) {
    let isClustered = sample.clusters != nil
    let difference = EstimateDocument(
      paired.difference, method: isClustered ? "clustered t" : "t")
    document.difference =
      values.areShares ? difference?.ofShares(in: sample, level: options.confidence) : difference
    document.effect = paired.standardizedDifference?.ifFinite.map {
      .init(name: "d_z", value: $0)
    }
    document.detectable = paired.detectable(alpha: alpha)?.ifFinite
    if let pValue = paired.pValue?.ifFinite {
      document.test = .init(name: isClustered ? "clustered t" : "paired t", pValue: pValue)
    }
    if isBrief { return }
    let flips = try SignFlipTest(
      sample.differences, clusters: sample.clusters, resamples: options.resamples,
      seed: options.seed, draws: draws
    ).map { MetricDocument.Test(name: "sign flips", pValue: $0.pValue) }
    if document.test == nil {
      // All differences are the same: t has no spread to go by, but the signs are evidence.
      document.test = flips
    } else {
      document.furtherTests = flips.map { [$0] } ?? []
    }
    // Resamples of constant values are all alike, which is not certainty.
    if values.areShares, !sample.varies { return }
    document.bootstrap = try bootstrap(sample)
  }

  private func bootstrap(_ sample: PairedSample) throws(StoreError) -> EstimateDocument? {
    guard
      let found = try Bootstrap.mean(
        sample.differences, clusters: sample.clusters, resamples: options.resamples,
        seed: options.seed, level: options.confidence, draws: draws), found.value.isFinite
    else { return nil }
    return EstimateDocument(
      value: found.value, standardError: found.standardError?.ifFinite, lower: found.interval.lower,
      upper: found.interval.upper, method: "\(found.method.rawValue) bootstrap",
      rows: sample.count, clusters: sample.clusters?.count)
  }

  /// The change in parts of the base; nil where values may be below 0.
  ///
  /// Where shares of the candidate are those of the base in every part, its bounds are those of
  /// the difference.
  private func relative(
    _ sample: PairedSample, _ difference: EstimateDocument?
  ) -> EstimateDocument? {
    guard sample.base.allSatisfy({ $0 >= 0 }), sample.candidate.allSatisfy({ $0 >= 0 }) else {
      return nil
    }
    let change = RelativeChange.of(
      base: .init(sample.base), candidate: .init(sample.candidate), clusters: sample.clusters,
      level: options.confidence)
    let relative = EstimateDocument(change, method: "delta, logarithm")
    guard values.areShares, let relative, relative.standardError == nil, let difference else {
      return relative
    }
    let mean = sample.base.reduce(0, +) / Double(sample.count)
    return EstimateDocument(
      value: relative.value, lower: difference.lower.map { $0 / mean },
      upper: difference.upper.map { $0 / mean }, method: difference.method + ", of the base",
      rows: relative.rows, clusters: relative.clusters)
  }

  private func worse(
    _ base: [Double?], _ candidate: [Double?], _ keys: [[String]]
  ) -> [MetricDocument.Item] {
    var items: [(change: Double, item: MetricDocument.Item)] = []
    for (index, key) in keys.enumerated() {
      guard let one = base[index], let two = candidate[index] else { continue }
      let change = choice.direction == .higher ? one - two : two - one
      guard change > 0, change.isFinite else { continue }
      items.append((change, .init(key: key, base: one, candidate: two)))
    }
    // Keys are sorted, and the sort is stable, so that equal losses stand in their order.
    return items.sorted { $0.change > $1.change }.prefix(options.worst).map(\.item)
  }

  /// Counts in everything that was looked at: p-values adjusted by Holm, and what follows of them.
  static func judge(_ documents: inout [MetricDocument], level: Double) {
    let adjusted = Holm.adjusted(documents.map { $0.test?.pValue })
    for index in documents.indices {
      documents[index].adjustedPValue = adjusted[index]
      guard let difference = documents[index].difference else { continue }
      guard let pValue = adjusted[index], pValue < 1 - level, difference.value != 0 else {
        documents[index].verdict = .unclear
        continue
      }
      let isUp = documents[index].direction == .higher
      documents[index].verdict = (difference.value > 0) == isUp ? .better : .worse
    }
  }
}

extension Double {
  /// The same as a difference of shares; nil for more than there can be.
  var ofShares: Double? { self > 1 ? nil : self }
}
