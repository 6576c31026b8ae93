import Statistics
package import Model
package import Wire

/// A live split, by what each unit was given (intention to treat), with intervals that hold at
/// every look.
package struct ExperimentAnalysis: Sendable {
  private let units: ExperimentUnits
  private let outcomes: ColumnTable?
  private let request: ExperimentRequest
  private let metrics: RoutingMetrics?
  private let guards: [Gate]

  /// A split whose control is the first of its plan.
  /// - Parameter outcomes: Nil while nothing is recorded.
  /// - Throws: ``StoreError`` of kind `usage` for guardrails that are not measured.
  package init(
    _ units: ExperimentUnits, outcomes: ColumnTable?, request: ExperimentRequest
  ) throws(StoreError) {
    guard request.confidence > 0.5, request.confidence < 1 else {
      throw StoreError(.usage, "the confidence is a number above 0.5 and below 1, such as 0.95")
    }
    guard (1...1_000_000_000).contains(request.planned) else {
      throw StoreError(.usage, "the planned units are a number, 1 to 1000000000")
    }
    self.units = units
    self.outcomes = outcomes
    self.request = request
    guard let outcomes else {
      metrics = nil
      guards = []
      return
    }
    let hasErrors = outcomes.columns.contains {
      $0.name == "error" && [.bool, .int64, .float64].contains($0.type)
    }
    let found = try RoutingMetrics(
      outcomes, stated: request.roles, lower: hasErrors ? ["error"] : [])
    metrics = found
    let usual =
      (found.roles[.success] == nil ? [] : ["success >= -0pp"])
      + (hasErrors ? ["error <= +0pp"] : [])
    guards = try (request.guardrails ?? usual).map { text throws(StoreError) in
      let gate = try Gate(text)
      guard Self.choice(gate, found) != nil else {
        throw StoreError(
          .usage,
          "the guardrail \"\(text)\" is about nothing that is measured; "
            + Spelling.advice(gate.metric, found.choices.map(\.name)))
      }
      try GateRule(
        text, roles: found.roles, columns: found.choices.map(\.name).textSet
      ).check { found.values(of: $0) }
      return gate
    }
  }

  private static func choice(_ gate: Gate, _ metrics: RoutingMetrics) -> MetricChoice? {
    let column = MetricRoles.Role(rawValue: gate.metric).flatMap { metrics.roles[$0] }
    return metrics.choices.first {
      $0.name.hasBytes(of: gate.metric) || $0.name.hasBytes(of: column ?? "")
    }
  }

  /// The report of the experiment.
  /// - Parameters:
  ///   - request: With every reference as a number and every option spelled out.
  ///   - by: `variant` or `version`.
  package func document(
    _ request: ExperimentRequest, by: String, sources: [ComparisonDocument.Source],
    findings: [ComparisonDocument.Finding] = []
  ) throws(StoreError) -> ExperimentDocument {
    let columns = try metrics?.columns((0..<(outcomes?.count ?? 0)).map { [$0] }) ?? [:]
    let sampleRatio = ratio { $0.units.count }
    let outcomeRatio = ratio { $0.units.count { !$0.isEmpty } }
    let contrasts = contrasts(columns)
    let guardrails = guardrails(columns)
    var reasons: [String] = []
    for (check, what) in [
      (sampleRatio, "units"), (outcomeRatio, "units with an outcome"),
    ] where check?.isAlarm == true {
      reasons.append("\(what) are not split as planned, so nothing else can be trusted")
    }
    if awaited?.isAlarm == true {
      reasons.append(
        "decisions without an outcome are not as frequent on all sides, so nothing else can be "
          + "trusted")
    }
    let isBroken = !reasons.isEmpty
    reasons += guardrails.filter { $0.verdict == .failed }.map {
      "\($0.candidate) breaks \($0.gate)"
    }
    let isStopped = guardrails.contains { $0.verdict == .failed }
    let short = guardrails.filter { $0.verdict == .undecided && $0.reason != nil }
    reasons += short.map { "\($0.gate) for \($0.candidate) cannot tell: \($0.reason ?? "")" }
    let verdict: ExperimentDocument.Verdict =
      isBroken ? .hold : isStopped ? .stop : short.isEmpty ? .continue : .hold
    return ExperimentDocument(
      request: request, by: by, sources: sources, roles: metrics?.roles ?? MetricRoles(),
      arms: try arms(), sampleRatio: sampleRatio, outcomeRatio: outcomeRatio,
      contrasts: contrasts, guardrails: guardrails,
      findings: findings + units.findings + (metrics?.findings ?? [])
        + (metrics?.choices ?? []).flatMap { presence($0.name, columns).findings },
      verdict: verdict, reasons: reasons)
  }

  /// The units with a decision of which no outcome is known, against all units of each arm.
  private var awaited: SampleRatioCheck? {
    outcomes == nil
      ? nil
      : SampleRatioCheck(
        counts: units.arms.map { $0.awaited.count { $0 > 0 } },
        weights: units.arms.map { Double($0.units.count) })
  }

  private func presence(
    _ metric: String, _ columns: [DataText: [Double?]]
  ) -> OutcomePresence {
    OutcomePresence(metric, columns[metric] ?? [], of: units)
  }

  /// A guardrail's result as the outcomes without a value allow it.
  private func weighed(
    _ result: GateResult, _ gate: Gate, _ columns: [DataText: [Double?]], arm: Int
  ) -> GateResult {
    guard request.missing != .ignore, let choice = metrics.flatMap({ Self.choice(gate, $0) }),
      let shortage = presence(choice.name, columns).shortage(of: arm)
    else { return result }
    var result = result
    result.verdict = request.missing == .fail ? .failed : .undecided
    result.reason = shortage
    return result
  }

  private func ratio(
    _ count: (ExperimentUnits.Arm) -> Int
  ) -> ExperimentDocument.RatioCheck? {
    SampleRatioCheck(counts: units.arms.map(count), weights: units.arms.map(\.plan.share)).map {
      .init(statistic: $0.statistic, pValue: $0.pValue, isAlarm: $0.isAlarm)
    }
  }

  private func arms() throws(StoreError) -> [ExperimentDocument.Arm] {
    let served = try outcomes.flatMap { (table) throws(StoreError) in
      table.has("served_target") ? try table.texts("served_target") : nil
    }
    var arms: [ExperimentDocument.Arm] = []
    for arm in units.arms {
      let rows = arm.outcomes
      var elsewhere: ArmDocument.Rate?
      if let served {
        let recorded = rows.filter { served[$0] != nil && units.assigned[$0] != nil }
        let others = recorded.map { row in
          served[row]?.hasBytes(of: units.assigned[row] ?? "") == true ? 0.0 : 1
        }
        elsewhere = ArmDocument.Rate(
          count: others.count { $0 == 1 }, of: recorded.count,
          rate: .mean(others, clusters: nil, level: request.confidence))
      }
      arms.append(
        ExperimentDocument.Arm(
          variant: arm.plan.variant, target: arm.plan.target, share: arm.plan.share,
          units: arm.units.count, decisions: arm.decisions, outcomes: rows.count,
          servedElsewhere: elsewhere,
          summary: rows.isEmpty
            ? nil
            : try metrics?.summary(
              arm.units.filter { !$0.isEmpty }, clusters: nil, level: request.confidence)))
    }
    return arms
  }

  private func contrasts(_ columns: [DataText: [Double?]]) -> [ExperimentDocument.Contrast] {
    let sequence = ConfidenceSequence(
      plannedCount: request.planned, alpha: 1 - request.confidence)
    var found: [(make: (Double?) -> ExperimentDocument.Contrast, pValue: Double?)] = []
    for arm in units.arms.indices.dropFirst() {
      for choice in metrics?.choices ?? [] {
        let values = columns[choice.name] ?? []
        let (control, other) = (units.means(values, arm: 0), units.means(values, arm: arm))
        let contrast = sequence.difference(base: control, candidate: other)
        let isBinary = metrics?.values(of: choice.name).areRates ?? false
        let variant = units.arms[arm].plan.variant
        func mean(_ values: [Double]) -> Double? {
          values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        let level = request.confidence
        found.append(
          (
            make: { adjusted in
              var verdict = contrast == nil ? MetricDocument.Verdict.noData : .unclear
              if let adjusted, adjusted < 1 - level, let value = contrast?.estimate.value {
                verdict = (value > 0) == (choice.direction == .higher) ? .better : .worse
              }
              return ExperimentDocument.Contrast(
                variant: variant, metric: choice.name, direction: choice.direction,
                scale: isBinary ? .binary : .number, controlUnits: control.count,
                units: other.count, control: mean(control), value: mean(other),
                difference: Self.inside(
                  EstimateDocument(contrast?.estimate, method: "confidence sequence"), isBinary,
                  -1...1),
                pValue: contrast?.pValue, adjustedPValue: adjusted, verdict: verdict)
            }, pValue: contrast?.pValue
          ))
      }
    }
    return zip(found, Holm.adjusted(found.map(\.pValue))).map { $0.make($1) }
  }

  /// An estimate with bounds that a rate, or a difference of two, can have.
  private static func inside(
    _ estimate: EstimateDocument?, _ isRate: Bool, _ range: ClosedRange<Double>
  ) -> EstimateDocument? {
    isRate ? estimate?.clipped(to: range) : estimate
  }

  /// Every guardrail of every variant; the chance of one false stop, at any look, is at most 1 less
  /// the confidence (Bonferroni).
  private func guardrails(_ columns: [DataText: [Double?]]) -> [GateResult] {
    let count = guards.count * (units.arms.count - 1)
    if count < 1 { return [] }
    let sequence = ConfidenceSequence(
      plannedCount: request.planned, alpha: (1 - request.confidence) / Double(count))
    var results: [GateResult] = []
    for arm in units.arms.indices.dropFirst() {
      for (gate, text) in zip(guards, guardTexts) where gate.kind == .limit {
        results.append(
          weighed(limit(gate, text, columns, arm: arm, sequence), gate, columns, arm: arm))
      }
      for (gate, text) in zip(guards, guardTexts) where gate.kind == .change {
        let values = metrics.flatMap { Self.choice(gate, $0) }.flatMap { columns[$0.name] } ?? []
        // A relative bound X on the means is a bound of 0 on candidate − (1 + X)·control.
        let isRelative = gate.scale == .relative
        let factor = isRelative ? 1 + gate.bound : 1
        let excess = sequence.difference(
          base: units.means(values, arm: 0).map { $0 * factor },
          candidate: units.means(values, arm: arm))
        let against = Gate(
          metric: gate.metric, relation: gate.relation, bound: isRelative ? 0 : gate.bound,
          scale: .absolute)
        let interval = excess?.estimate.interval
        let result = GateResult(
          gate: text, candidate: units.arms[arm].plan.variant,
          verdict: against.verdict(lower: interval?.lower, upper: interval?.upper),
          scale: .number,
          change: EstimateDocument(
            excess?.estimate,
            method: isRelative
              ? "confidence sequence, over \(factor) times the control" : "confidence sequence"),
          bound: isRelative ? 0 : gate.bound, kind: .change)
        results.append(weighed(result, gate, columns, arm: arm))
      }
    }
    return results
  }

  /// A guardrail on a variant's own mean.
  private func limit(
    _ gate: Gate, _ text: String, _ columns: [DataText: [Double?]], arm: Int,
    _ sequence: ConfidenceSequence
  ) -> GateResult {
    let choice = metrics.flatMap { Self.choice(gate, $0) }
    let values = choice.flatMap { columns[$0.name] } ?? []
    let isRate = choice.map { metrics?.values(of: $0.name).areRates ?? false } ?? false
    let estimate = sequence.mean(units.means(values, arm: arm))
    let interval = estimate?.interval
    var result = GateResult(
      gate: text, candidate: units.arms[arm].plan.variant,
      verdict: gate.verdict(lower: interval?.lower, upper: interval?.upper),
      scale: isRate ? .share : .number, change: nil, bound: gate.bound, kind: .limit)
    result.value = Self.inside(
      EstimateDocument(estimate, method: "confidence sequence"), isRate, 0...1)
    return result
  }

  /// The guardrails as they were written.
  private var guardTexts: [String] {
    request.guardrails
      ?? guards.map { "\($0.metric) " + ($0.relation == .atLeast ? ">= -0pp" : "<= +0pp") }
  }
}
