import Statistics
import Model
import Routing
import Wire

/// The rules that a suggestion comes to, as a document.
struct RuleDraft: Sendable {
  let request: SuggestionRequest
  let source: ComparisonDocument.Source
  let items: Int
  let models: Int
  let base: String
  let fallback: String
  let slices: [SuggestionDocument.Slice]
  let tests: Int
  let alpha: Double
  let column: String
  let kind: ColumnType
  let objective: RoutingObjective

  /// The field of a request that a column stands for unless another is named.
  static func field(_ column: String) -> String {
    FieldPath.roots.contains { column.hasPrefix($0 + ".") } ? column : "metadata." + column
  }

  /// The rules, which are sound.
  /// - Throws: ``StoreError`` of kind `usage` where names of models or slices cannot be in rules.
  func rules() throws(StoreError) -> RuleSet {
    do throws(RuleFaults) {
      return try RuleSet(parsing: document.canonicalBytes)
    } catch {
      throw StoreError(.usage, "what was measured makes no rules: \(error)")
    }
  }

  private var document: JSON {
    let provider = JSON.string(request.provider ?? "unspecified")
    let used = ([fallback] + slices.filter(\.isRule).map(\.model)).textSet
    var members: JSON.Object = [
      "schema": .string(RuleSet.schema), "route": .string(request.name),
      "comment": .string(comment),
      "targets": .object(
        JSON.Object(
          used.map { ($0.string, ["provider": provider, "model": .string($0.string)]) })),
      "rules": .array(slices.filter(\.isRule).map(rule)),
      "default": .object(["target": .string(fallback)]),
    ]
    if let holdout = request.holdout { members["gates"] = gates(holdout) }
    return .object(members)
  }

  private func rule(_ slice: SuggestionDocument.Slice) -> JSON {
    .object([
      "name": .string("\(column)=\(slice.value)"),
      "when": .object([
        request.field ?? Self.field(column): .object(["$eq": scalar(slice.value)])
      ]),
      "serve": .object(["target": .string(slice.model)]),
    ])
  }

  private func scalar(_ text: String) -> JSON {
    switch kind {
    case .int64: Int64(text).map { .integer($0) } ?? .string(text)
    case .bool: .bool(text == "true")
    default: .string(text)
    }
  }

  /// The objective's bound as a gate, to be shown on rows that had no part in the draft.
  private func gates(_ holdout: String) -> JSON {
    var gate: JSON.Object = [
      "dataset": .string(holdout),
      "min_coverage_percent": .integer(Int64(ModelPresence.leastPercent)),
    ]
    let bound = abs(objective.gate.bound)
    if objective.bounded == .cost {
      gate["max_cost_increase_percent"] = .integer(Int64((bound * 100).rounded(.down)))
    } else {
      let name =
        switch objective.bounded {
        case .p50: "latency_p50"
        case .p95: "latency_p95"
        default: objective.bounded.rawValue
        }
      gate["non_inferiority"] = .array([
        .object([
          "metric": .string(name), "margin_ppm": .integer(Int64((bound * 1e6).rounded())),
          "alpha_ppm": .integer(Int64((alpha * 1e6).rounded())),
        ])
      ])
    }
    return .object(["backtest": .object(gate)])
  }

  private var comment: String {
    let count = slices.count(where: \.isRule)
    return "Drafted from \(source.reference) for '\(request.objective)': \(items) items, \(models) "
      + "models, bound against \(base). Of \(slices.count) slices by \(column), \(count) left the "
      + "default \(fallback); \(tests) tests counted in (Holm), one-sided at "
      + "\((alpha * 1e6).rounded() / 1e6)."
  }
}
