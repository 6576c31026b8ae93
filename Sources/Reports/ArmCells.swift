package import Wire

/// An arm as cells of a table; what is not known is an empty cell.
package struct ArmCells: Sendable {
  /// The titles of the cells.
  package static let titles = [
    "rows", "success", "p50", "p95", "cost", "cost per success", "parsed", "valid",
    "valid and right", "tool calls", "refusals", "unexpected refusals", "cut off",
    "one of k passes", "all k pass", "flips", "consistency",
  ]

  /// Parallel to ``titles``.
  package let cells: [String]

  /// The cells of an arm.
  /// - Parameter items: How many items there are: a value of fewer says of how many. Nil where each
  ///   value has a number of its own.
  package init(_ arm: ArmDocument, items: Int? = nil) {
    /// The number of items that a value is of, where not all are.
    func count(_ rows: Int?) -> String {
      guard let items, let rows, rows != items else { return "" }
      return " (n = \(rows))"
    }
    func number(_ estimate: EstimateDocument?) -> String {
      guard let estimate else { return "" }
      return Figures.number(estimate.value) + " "
        + Figures.interval(estimate, Figures.number) + count(estimate.rows)
    }
    func share(_ estimate: EstimateDocument?) -> String {
      guard let estimate else { return "" }
      let interval = Figures.interval(estimate) { Figures.percent($0) }
      return Figures.percent(estimate.value) + " " + interval + count(estimate.rows)
    }
    func rate(_ rate: ArmDocument.Rate?) -> String {
      guard let rate else { return "" }
      if rate.of == 0 { return "no data" }
      // A count says of how many by itself.
      guard let counted = rate.count else { return share(rate.rate) }
      return "\(counted)/\(rate.of) "
        + (rate.rate.map { rate in
          Figures.percent(rate.value) + " " + Figures.interval(rate) { Figures.percent($0) }
        } ?? "")
    }
    func last(_ attempts: [ArmDocument.Repeats.Attempts]?) -> String {
      guard let last = attempts?.last else { return "" }
      let rows = items.flatMap { $0 == last.estimate.rows ? nil : ", n = \(last.estimate.rows)" }
      return Figures.percent(last.estimate.value) + " (k = \(last.attempts)\(rows ?? ""))"
    }
    let isUndefined = arm.cost != nil && arm.success?.value == 0
    cells = [
      String(arm.rows), arm.successCount == nil ? number(arm.success) : share(arm.success),
      number(arm.latency?.p50), number(arm.latency?.p95),
      arm.cost.map { Figures.number($0.total) + count($0.perRow.rows) } ?? "",
      isUndefined ? "undefined" : number(arm.cost?.perSuccess), rate(arm.schema?.parsed),
      rate(arm.schema?.valid), rate(arm.schema?.validAndSuccess), number(arm.toolCall),
      rate(arm.refusals), rate(arm.unexpectedRefusals), rate(arm.truncations),
      last(arm.repeats?.passAtLeastOnce), last(arm.repeats?.passEveryTime),
      share(arm.repeats?.flipRate), share(arm.repeats?.consistency),
    ]
  }
}
