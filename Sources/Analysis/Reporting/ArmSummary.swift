import Statistics
package import Wire

/// The summary of one arm on its own: rates with intervals, latency, cost, compliance, refusals.
package struct ArmSummary: Sendable {
  private let rows: ArmRows
  private let level: Double
  private let edition: Edition

  /// A summary of `rows` with intervals of `level`.
  package init(_ rows: ArmRows, level: Double = 0.95, edition: Edition = .current) {
    self.rows = rows
    self.level = level
    self.edition = edition
  }

  /// The summary, of every role that a column plays.
  package var document: ArmDocument {
    var document = ArmDocument(rows: rows.count)
    if let success = rows.numbers(.success) {
      document.success = mean(
        success, areShares: success.allSatisfy { $0.map { (0...1).contains($0) } ?? true })
      if success.allSatisfy({ $0 == nil || $0 == 0 || $0 == 1 }) {
        document.successCount = rate(success)
      }
    }
    document.latency = latency
    document.cost = cost
    document.schema = schema
    document.toolCall = rows.numbers(.toolCall).flatMap { calls in
      mean(calls, areShares: calls.allSatisfy { $0.map { (0...1).contains($0) } ?? true })
    }
    addRefusals(to: &document)
    document.truncations = rows.numbers(.truncated).map(rate)
    document.buckets = buckets
    return document
  }

  /// The mean over items; shares lie in [0, 1].
  private func mean(
    _ column: [Double?], areAmounts: Bool = false, areShares: Bool = false
  ) -> EstimateDocument? {
    let values = rows.perItem(column)
    let places = values.indices.filter { values[$0] != nil }
    return EstimateDocument.mean(
      values.compactMap { $0 }, clusters: rows.clusters(of: places), level: level,
      areAmounts: areAmounts, areShares: areShares && edition > .first)
  }

  /// The number of values other than 0, or their share where items have attempts.
  private func rate(_ column: [Double?]) -> ArmDocument.Rate {
    let flags = column.map { value in value.map { $0 == 0 ? 0.0 : 1 } }
    let isCounted = rows.items == nil
    return ArmDocument.Rate(
      count: isCounted ? flags.count { $0 == 1 } : nil,
      of: rows.perItem(flags).count { $0 != nil }, rate: mean(flags, areShares: true))
  }

  private var latency: ArmDocument.Latency? {
    let values = rows.perItem(rows.numbers(.latency) ?? []).compactMap { $0 }
    func quantile(_ share: Double) -> EstimateDocument? {
      EstimateDocument(
        QuantileEstimate.of(values, quantile: share, level: level), method: "order statistics")
    }
    guard let p50 = quantile(0.5), let p95 = quantile(0.95) else { return nil }
    return ArmDocument.Latency(
      p50: p50, p95: p95,
      rowsForUpperBound: QuantileEstimate.rowsForUpperBound(quantile: 0.95, level: level))
  }

  private var cost: ArmDocument.Cost? {
    guard let costs = rows.numbers(.cost) else { return nil }
    let priced = costs.compactMap { $0 }
    guard let perRow = mean(costs, areAmounts: true), priced.reduce(0, +).isFinite else {
      return nil
    }
    return ArmDocument.Cost(
      total: priced.reduce(0, +), perRow: perRow, unpriced: costs.count - priced.count,
      perSuccess: perSuccess(costs))
  }

  private func perSuccess(_ costs: [Double?]) -> EstimateDocument? {
    guard let successes = rows.numbers(.success).map(rows.perItem) else { return nil }
    let costs = rows.perItem(costs)
    let places = costs.indices.filter { costs[$0] != nil && successes[$0] != nil }
    // Points of a scale are not successes to divide by.
    guard places.allSatisfy({ (0...1).contains(successes[$0] ?? 0) }) else { return nil }
    return EstimateDocument(
      RatioEstimate.of(
        places.compactMap { costs[$0] }, over: places.compactMap { successes[$0] },
        clusters: rows.clusters(of: places), level: level), method: "Fieller")
  }

  private var schema: ArmDocument.Schema? {
    let parsed = rows.numbers(.parsed)
    let valid = rows.numbers(.valid)
    guard parsed != nil || valid != nil else { return nil }
    var both: [Double?]?
    if let valid, let success = rows.numbers(.success) {
      both = zip(valid, success).map { one, two in
        guard let one, let two else { return nil }
        return one != 0 && two == 1 ? 1 : 0
      }
    }
    return ArmDocument.Schema(
      parsed: parsed.map(rate), valid: valid.map(rate), validAndSuccess: both.map(rate))
  }

  private func addRefusals(to document: inout ArmDocument) {
    guard let refusals = rows.numbers(.refusal) else { return }
    document.refusals = rate(refusals)
    guard let expected = rows.numbers(.expectedRefusal) else { return }
    /// Refusals among the rows where one was expected, or was not.
    func among(_ wanted: Bool) -> ArmDocument.Rate {
      rate(
        zip(refusals, expected).map { refusal, expected in
          expected.map { ($0 != 0) == wanted } == true ? refusal : nil
        })
    }
    document.expectedRefusals = among(true)
    document.unexpectedRefusals = among(false)
  }

  private var buckets: [ArmDocument.Bucket]? {
    guard let tokens = rows.numbers(.inputTokens) else { return nil }
    let success = rows.numbers(.success)
    return ContextBucket.all.map { bucket in
      let places = tokens.indices.filter { bucket.holds(tokens[$0]) }
      let estimate = success.flatMap { column in
        mean(
          column.indices.map { bucket.holds(tokens[$0]) ? column[$0] : nil },
          areShares: column.allSatisfy { $0.map { (0...1).contains($0) } ?? true })
      }
      return ArmDocument.Bucket(
        name: bucket.name, from: bucket.range.lowerBound, below: bucket.below,
        rows: places.count, success: estimate)
    }
  }
}
