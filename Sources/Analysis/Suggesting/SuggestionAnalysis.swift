import Columns
import Statistics
package import Model
import Routing
package import Wire

/// Rules drafted from measurements: which slice of requests goes to which model.
///
/// A model takes another's place only where the rows show both that the bound holds and that
/// something is gained: the larger of the two one-sided p-values (an intersection-union test), with
/// all that was looked at in the same stage counted in by Holm.
package struct SuggestionAnalysis: Sendable {
  /// The most distinct values of a slice column.
  private static let sliceLimit = 100

  private let request: SuggestionRequest
  private let options: BacktestOptions
  private let objective: RoutingObjective
  private var table: ModelTable
  private let column: String
  private let kind: ColumnType
  private let slices: [ValueLabel?]
  private let base: String
  private let alpha: Double

  /// A draft from the rows of a table.
  /// - Parameters:
  ///   - request: With `slice` and options spelled out.
  ///   - scores: Those of the columns that are scores, kept apart from the version.
  /// - Throws: ``StoreError`` of kind `usage` for a request that makes no sense with this table.
  package init(
    _ table: ColumnTable, key: [String], request: SuggestionRequest, scores: [ScoreColumn] = []
  ) throws(StoreError) {
    let options = request.options ?? BacktestOptions()
    try options.check()
    guard let column = request.slice else {
      throw StoreError(.usage, "name the column whose values may get models of their own: --slice")
    }
    kind = try table.vector(column).type
    guard [.string, .int64, .bool].contains(kind) else {
      throw StoreError(
        .usage,
        "the column '\(column)' holds \(kind.rawValue) values; rules can test texts, integers and "
          + "booleans")
    }
    self.request = request
    self.options = options
    self.column = column
    let roles = try MetricRoles(stated: options.roles, columns: table.columns, of: table.name)
    objective = try RoutingObjective(request.objective) { name in
      [MetricRoles.Role.success, .cost, .latency].first { roles[$0]?.hasBytes(of: name) == true }
    }
    var models = try ModelTable(
      table, key: key, options: options,
      needed: Array(Set(objective.goal.roles + objective.bounded.roles)).sorted {
        $0.rawValue < $1.rawValue
      }, scores: scores)
    let known: Set = [MetricRoles.Role.inputTokens, .expectedRefusal]
    guard !column.hasBytes(of: options.by),
      !MetricRoles.Role.allCases.contains(where: {
        !known.contains($0) && models.roles[$0]?.hasBytes(of: column) == true
      })
    else {
      throw StoreError(
        .usage,
        "the column '\(column)' shows the answer, not the request: rules cannot read it before "
          + "there is one")
    }
    slices = try models.slices(column)
    let count = Set(slices.compactMap { $0 }).count
    guard count <= Self.sliceLimit else {
      throw StoreError(
        .usage,
        "the column '\(column)' has \(count) values; one with at most \(Self.sliceLimit) makes slices"
      )
    }
    if let stated = request.base, !models.models.hasText(stated) {
      throw StoreError(
        .usage, "no row is of '\(stated)'; " + Spelling.advice(stated, models.models))
    }
    base =
      request.base
      ?? models.best(
        objective.bounded, among: models.presence.wholest(models.models),
        at: Array(models.keys.indices))
      ?? models.models[0]
    alpha = (1 - options.confidence) / 2
    self.table = models
  }

  /// The suggestion with its evidence.
  /// - Parameter more: Findings about its rows.
  package func document(
    _ request: SuggestionRequest, source: ComparisonDocument.Source,
    findings more: [ComparisonDocument.Finding] = []
  ) throws(StoreError) -> SuggestionDocument {
    let all = Array(table.keys.indices)
    var overall = [try trials(over: base, at: all)]
    judge(&overall, harm: [nil])
    let fallback = best(overall[0], at: all) ?? base
    let values = Set(slices.compactMap { $0 }).sorted()
    let places = values.map { value in all.filter { slices[$0] == value } }
    let every = try table.everyItem(by: column)
    var trials: [[SuggestionDocument.Trial]] = []
    var harms: [Double?] = []
    for (value, places) in zip(values, places) {
      trials.append(try self.trials(over: fallback, at: places, of: every[value] ?? []))
      harms.append(fallback.hasBytes(of: base) ? nil : try self.harm(fallback, places))
    }
    let harm = judge(&trials, harm: harms)
    let parts = values.indices.map { index in
      let shown = best(trials[index], at: places[index])
      let isHarmed = harm[index].map { $0 <= alpha } ?? false
      let model = shown ?? (isHarmed ? base : fallback)
      return SuggestionDocument.Slice(
        value: values[index].name, items: places[index].count, model: model,
        isRule: !model.hasBytes(of: fallback),
        harmPValue: harm[index], trials: trials[index])
    }
    let tests =
      trials.reduce(0) { $0 + $1.count { $0.pValue != nil } } + harm.count { $0 != nil }
    let draft = try RuleDraft(
      request: request, source: source, items: all.count, models: table.models.count, base: base,
      fallback: fallback, slices: parts, tests: tests, alpha: alpha, column: column, kind: kind,
      objective: objective
    ).rules()
    return SuggestionDocument(
      request: request, source: source, roles: table.roles, items: table.items,
      models: try table.summaries(), base: base, fallback: fallback, overall: overall[0],
      slices: parts, sliceTests: tests, alpha: alpha,
      findings: more + table.findings + partial,
      document: draft.json, rules: draft.digest)
  }

  /// The models of which nothing is said, since too few of the base's items are whole for them.
  private var partial: [ComparisonDocument.Finding] {
    table.models.filter { !$0.hasBytes(of: base) && !table.presence.isEnough(of: base, with: $0) }
      .map { model in
        let count = table.presence.count(of: base, with: model)
        return .init(
          "items", arm: model,
          "of \(count.items) items of \(base) that are whole for both: with fewer than "
            + "\(ModelPresence.leastPercent)% the rows speak for no model in its place",
          count: count.whole)
      }
  }

  /// Every other model in the place of `over`.
  /// - Parameter every: The items of the slice among all; nil for all of them.
  private func trials(
    over: String, at places: [Int], of every: [Int]? = nil
  ) throws(StoreError) -> [SuggestionDocument.Trial] {
    try table.models.filter { !$0.hasBytes(of: over) }.map { model throws(StoreError) in
      var bound: (change: EstimateDocument?, pValue: Double?) = (nil, 0)
      if !model.hasBytes(of: base) {
        bound = try table.change(base, model, at: places).test(
          objective.bounded, bound: objective.gate.bound,
          isAbove: objective.gate.relation == .atLeast)
      }
      let gain = try table.change(over, model, at: places).test(
        objective.goal, bound: 0, isAbove: objective.goal.isUp)
      let isWhole = [base, over].allSatisfy { base in
        [nil, every].allSatisfy { table.presence.isEnough(of: base, with: model, among: $0) }
      }
      let pValue =
        isWhole ? bound.pValue.flatMap { one in gain.pValue.map { max(one, $0) } } : nil
      return SuggestionDocument.Trial(
        model: model, over: over, items: places.count, bound: bound.change, gain: gain.change,
        pValue: pValue, adjustedPValue: nil, isShown: false)
    }
  }

  /// The p-value of "the bound holds for `model`", small where it is broken.
  private func harm(_ model: String, _ places: [Int]) throws(StoreError) -> Double? {
    try table.change(base, model, at: places).test(
      objective.bounded, bound: objective.gate.bound,
      isAbove: objective.gate.relation != .atLeast
    ).pValue
  }

  /// Counts in all tests of a stage; the adjusted p-values of harm come back.
  @discardableResult
  private func judge(
    _ trials: inout [[SuggestionDocument.Trial]], harm: [Double?]
  ) -> [Double?] {
    let adjusted = Holm.adjusted(trials.flatMap { $0.map(\.pValue) } + harm)
    var next = 0
    trials = trials.map { part in
      part.map { trial in
        defer { next += 1 }
        return SuggestionDocument.Trial(
          model: trial.model, over: trial.over, items: trial.items, bound: trial.bound,
          gain: trial.gain, pValue: trial.pValue, adjustedPValue: adjusted[next],
          isShown: adjusted[next].map { $0 <= alpha } ?? false)
      }
    }
    return Array(adjusted[next...])
  }

  /// The best by the objective of the models that the rows speak for.
  private func best(_ trials: [SuggestionDocument.Trial], at places: [Int]) -> String? {
    let shown = trials.filter(\.isShown).map(\.model)
    return shown.isEmpty ? nil : table.best(objective.goal, among: shown, at: places)
  }
}
