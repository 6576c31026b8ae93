package import Wire

/// An arm as cells of a table; what is not known is an empty cell.
package struct ArmCells: Sendable {
  /// What the cells are.
  package static let titles = [
    "rows", "success", "p50", "p95", "cost", "cost per success", "parsed", "valid",
    "valid and right", "tool calls", "refusals", "unexpected refusals", "cut off",
    "one of k passes", "all k pass", "flips", "consistency",
  ]

  /// Parallel to ``titles``.
  package let cells: [String]

  /// The cells of an arm.
  package init(_ arm: ArmDocument) {
    func last(_ attempts: [ArmDocument.Repeats.Attempts]?) -> String {
      guard let last = attempts?.last else { return "" }
      return Figures.percent(last.estimate.value) + " (k = \(last.attempts))"
    }
    cells = [
      String(arm.rows), Self.success(arm), Self.number(arm.latency?.p50),
      Self.number(arm.latency?.p95), arm.cost.map { Figures.number($0.total) } ?? "",
      arm.cost != nil && arm.success?.value == 0 ? "undefined" : Self.number(arm.cost?.perSuccess),
      Self.rate(arm.schema?.parsed), Self.rate(arm.schema?.valid),
      Self.rate(arm.schema?.validAndSuccess), Self.number(arm.toolCall), Self.rate(arm.refusals),
      Self.rate(arm.unexpectedRefusals), Self.rate(arm.truncations),
      last(arm.repeats?.passAtLeastOnce), last(arm.repeats?.passEveryTime),
      Self.share(arm.repeats?.flipRate), Self.share(arm.repeats?.consistency),
    ]
  }

  private static func success(_ arm: ArmDocument) -> String {
    arm.successCount == nil ? number(arm.success) : share(arm.success)
  }

  private static func number(_ estimate: EstimateDocument?) -> String {
    guard let estimate else { return "" }
    return Figures.number(estimate.value) + " " + Figures.interval(estimate, Figures.number)
  }

  private static func share(_ estimate: EstimateDocument?) -> String {
    guard let estimate else { return "" }
    let interval = Figures.interval(estimate) { Figures.percent($0) }
    return Figures.percent(estimate.value) + " " + interval
  }

  private static func rate(_ rate: ArmDocument.Rate?) -> String {
    guard let rate else { return "" }
    if rate.of == 0 { return "no data" }
    return (rate.count.map { "\($0)/\(rate.of) " } ?? "") + share(rate.rate)
  }
}
