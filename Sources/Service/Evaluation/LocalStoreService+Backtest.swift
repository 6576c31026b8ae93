import Analysis
package import Model
import Routing
import Store
package import Wire

extension LocalStoreService {
  package func backtest(
    _ request: BacktestRequest
  ) throws(StoreError) -> Saved<BacktestDocument> {
    if let save = request.save { try requireReports(save.name) }
    let trial = try trial(request)
    guard let save = request.save else { return Saved(trial.document, saved: nil) }
    return Saved(
      trial.document,
      saved: try keep(
        Documents.encode(trial.document), save, madeFrom: trial.document.sources + trial.rules,
        attributes: [
          "format": BacktestDocument.format, "verdict": trial.document.verdict.rawValue,
          "rules": trial.document.rules.description,
        ]))
  }

  /// A report, with the versions of rules that it compares.
  private struct Trial {
    let document: BacktestDocument
    let rules: [ComparisonDocument.Source]
  }

  private func trial(_ request: BacktestRequest) throws(StoreError) -> Trial {
    let (version, rules) = try trialRules(request.rules)
    var plain = request
    (plain.save, plain.rules) = (nil, version.reference)
    var options = request.options ?? BacktestOptions()
    let rows = try analysed(try trialRows(request, rules.set), scores: &plain.scores)
    plain.on = rows.reference
    var base = try baseline(&plain, of: version, rules.set)
    base.findings +=
      try findings(of: rows.snapshot, where: options.condition)
      + (rows.scores?.findings(arm: nil) ?? [])
    let schema = rows.schema
    let compiled = [rules] + [base.policy.compiled].compactMap { $0 }
    let isLogged = schema.columns.contains { $0.name == LoggedBacktest.Column.propensity }
    var key =
      isLogged
      ? [LoggedBacktest.Column.id]
      : try ItemKeys.columns(
        key: schema.key, stated: options.key, without: [options.by, options.repeats],
        of: rows.reference)
    let columns =
      RowContexts.columns(of: schema, for: compiled, map: options.map)
      + Self.columns(of: schema, options, rules.set, key: key + schema.key)
      + (isLogged ? LoggedBacktest.Column.targets + [LoggedBacktest.Column.rampPropensity] : [])
    let table = try trialTable(rows, columns: columns, where: options.condition)
    if !isLogged {
      try takeAttempts(in: table, schema.key, &options, of: &key)
      base.findings += suspected(
        in: table, key, besides: options.by, repeats: options.repeats, stated: options.key
      ).map(\.finding)
    }
    plain.options = options
    var sources = [rows.source] + (rows.scores?.sources ?? [])
    let unmet = try unmet(rules.set.gate, rows.version, plain, of: version)
    guard isLogged else {
      let analysis = try BacktestAnalysis(
        table, key: key, candidate: rules, active: base.policy, options: options,
        scores: rows.scores?.columns ?? [])
      let document = try analysis.document(
        plain, active: base.document, sources: sources, unmet: unmet,
        findings: base.findings)
      return Trial(document: document, rules: base.sources)
    }
    let outcomes = try outcomes(of: rows.version, &plain).map { (version) throws(StoreError) in
      try AnalysedVersion(version, of: store)
    }
    sources += [outcomes].compactMap { $0?.source }
    let results = try outcomes.map { (outcomes) throws(StoreError) in
      let columns = Self.columns(of: outcomes.schema, options, rules.set, key: key)
      let contexts = RowContexts.columns(of: outcomes.schema, for: compiled, map: [:])
      return try trialTable(outcomes, columns: columns + contexts, where: nil)
    }
    let analysis = try LoggedBacktest(
      table, outcomes: results, candidate: rules, active: base.policy, options: options)
    return Trial(
      document: try analysis.document(
        plain, active: base.document, sources: sources, unmet: unmet,
        findings: base.findings),
      rules: base.sources)
  }

  /// The rows to try rules on: those that the request names, otherwise those of the rules' gates.
  private func trialRows(
    _ request: BacktestRequest, _ set: RuleSet
  ) throws(StoreError) -> Version {
    guard let on = request.on ?? set.gate?.dataset else {
      throw StoreError(
        .usage, "the rules have no gates that name rows to try them on; name some with --on")
    }
    return try seen(on)
  }

  /// Removes the columns that number attempts from those of an item, where none was named.
  private func takeAttempts(
    in table: ColumnTable, _ own: [String], _ options: inout BacktestOptions,
    of key: inout [String]
  ) throws(StoreError) {
    if let column = options.repeats { _ = try table.vector(column) }
    takeAttempts(
      in: table, own, besides: options.by, &options.repeats, of: &key, stated: &options.key)
  }

  /// Reads the columns that a version has, in its order, of the rows that meet a condition.
  private func trialTable(
    _ version: AnalysedVersion, columns: [String], where condition: String?
  ) throws(StoreError) -> ColumnTable {
    try table(
      version, columns: version.schema.columns.map(\.name).filter { columns.contains($0) },
      where: condition)
  }

  /// A version that the caller may see, by its reference.
  func seen(_ text: String) throws(StoreError) -> Version {
    let reference = try Reference(parsing: text)
    try requireSight(of: reference.dataset)
    return try store.resolve(reference)
  }

  /// Throws for a dataset that does not exist for the caller, in the words for one that is missing.
  func requireSight(of dataset: DatasetName) throws(StoreError) {
    guard sees(dataset) else {
      throw StoreError(.missing, "there is no dataset '\(dataset)'")
    }
  }

  /// The rules of a version that the caller may see.
  private func trialRules(
    _ text: String
  ) throws(StoreError) -> (version: Version, rules: CompiledRules) {
    try rules(Self.exactly(try seen(text)))
  }

  /// The rules, or the target, that rules are compared with.
  private struct Baseline {
    let policy: RoutingPolicy
    let document: BacktestDocument.Baseline
    var sources: [ComparisonDocument.Source]
    var findings: [ComparisonDocument.Finding] = []
  }

  private func baseline(
    _ request: inout BacktestRequest, of version: Version, _ set: RuleSet
  ) throws(StoreError) -> Baseline {
    let tried = Self.source(version)
    guard request.active == nil || request.baseline == nil else {
      throw StoreError(.usage, "rules are compared with other rules, or with one target, not both")
    }
    var active = request.active
    if active == nil, request.baseline == nil {
      let live = try store.deployments(of: version.dataset).first
      guard live?.record.number != version.number else {
        throw StoreError(
          .usage,
          "\(version.reference) is live already, and would be compared with itself; name other "
            + "rules with --active, or a target with --baseline")
      }
      active = live.map { "\(version.dataset)@\($0.record.number)" }
    }
    if let text = active {
      let (other, rules) = try trialRules(text)
      request.active = other.reference
      return Baseline(
        policy: .rules(rules),
        document: .init(name: other.reference, digest: rules.set.digest),
        sources: [tried, Self.source(other)])
    }
    let name = request.baseline ?? set.fallback
    guard let target = set.targets.first(where: { $0.name.hasBytes(of: name) }) else {
      throw StoreError(
        .usage,
        "\(version.reference) has no target '\(name)'; "
          + Spelling.advice(name, set.targets.map(\.name)))
    }
    var base = Baseline(
      policy: .constant(target), document: .init(name: target.name, digest: nil), sources: [tried])
    if request.baseline == nil {
      base.findings = [
        .init(
          "active", arm: nil,
          "nothing of \(version.dataset) is live: compared with its default for everything")
      ]
    }
    request.baseline = name
    return base
  }

  /// The data that gates require of a backtest and that this one is not on: the stated rows, all of
  /// them, against the live rules.
  private func unmet(
    _ gate: RuleSet.BacktestGate?, _ rows: Version, _ request: BacktestRequest, of version: Version
  ) throws(StoreError) -> [String] {
    guard let gate else { return [] }
    var unmet: [String] = []
    let stated = try? seen(gate.dataset)
    if stated?.dataset != rows.dataset || stated?.number != rows.number {
      unmet.append("on \(gate.dataset)")
    }
    if request.options?.condition != nil { unmet.append("on all rows") }
    let newest = try ScoresChoice(nil, in: self).versions(of: rows, in: self).map(\.reference)
    if request.scores ?? [] != newest {
      unmet.append("with \(newest.first ?? "no scores")")
    }
    if let live = try store.deployments(of: version.dataset).first {
      let reference = "\(version.dataset)@\(live.record.number)"
      if request.active != reference { unmet.append("against \(reference), which is live") }
    }
    return unmet
  }

  /// The version with the outcomes of decisions; nil where the decisions have them.
  private func outcomes(
    of decisions: Version, _ request: inout BacktestRequest
  ) throws(StoreError) -> Version? {
    if let text = request.outcomes {
      let version = try seen(text)
      request.outcomes = version.reference
      return version
    }
    let suffix = ".decisions"
    guard decisions.dataset.text.hasSuffix(suffix) else { return nil }
    let name = try DatasetName(decisions.dataset.text.dropLast(suffix.count) + ".outcomes")
    let version = try seen(name.text)
    request.outcomes = version.reference
    return version
  }

  /// The columns with results; others may be long texts.
  private static func columns(
    of schema: Schema, _ options: BacktestOptions, _ set: RuleSet, key: [String]
  ) -> [String] {
    var plain = ComparisonOptions()
    plain.higher = options.higher
    plain.lower = options.lower
    plain.roles = options.roles
    plain.cluster = options.cluster
    plain.repeats = options.repeats
    plain.slices = set.gate?.nonInferiority.map(\.metric) ?? []
    return plain.columns(of: schema.columns, key: key, by: options.by)
  }

  static func exactly(_ version: Version) -> Reference {
    Reference(dataset: version.dataset, selector: .number(version.number))
  }

  static func source(_ version: Version) -> ComparisonDocument.Source {
    .init(reference: version.reference, snapshot: version.snapshot, rows: version.record.rows)
  }
}
