import Statistics
import Model
import Wire

/// The evidence for a candidate's gates: the number of the base's items that are compared, and the
/// differences from the base besides the candidate.
struct GateEvidence: Sendable {
  let base: String
  /// The items that the base has.
  let baseItems: Int
  /// The items that all arms have, and that are the same.
  let items: Int
  /// Those of them of which no attempt is lost that a gate rests on.
  let wholeItems: Int
  let missing: ComparisonOptions.Missing
  /// The gate that says how many of the base's items are enough; nil for all of them.
  let itemsGate: GateRule?
  let edition: Edition
  /// True when a column numbers the attempts at an item.
  let hasAttempts: Bool
  /// True when the gates were registered before, so that their options are fixed.
  let isRegistered: Bool
  /// The differences from the base in what scores rest on.
  let changes: [Comparability.Change]
  /// The metrics that are on another scale than the base's.
  var rescaled: [ScaleChange] = []

  /// The share of the base's items that are compared and whole; nil where it has none.
  var share: Double? { baseItems == 0 ? nil : Double(wholeItems) / Double(baseItems) }

  /// The share of the base's items below which gates say nothing.
  private var leastShare: Double { itemsGate?.gate.bound ?? 1 }

  /// The message about too few of the base's items, those without all of their attempts not
  /// counted; nil where they are enough.
  func shortage(_ presence: ItemPresence) -> String? {
    guard missing != .ignore,
      Double(presence.complete) < leastShare * Double(baseItems) - 1e-9
    else { return nil }
    let short = presence.compared - presence.complete
    return "\(presence.compared) of \(baseItems) items of \(base) are compared"
      + (short > 0 ? ", \(short) of them without some of their attempts" : "")
  }

  /// The message about compared items that are not whole; empty where all are.
  func partial(_ count: Int) -> String {
    count > 0
      ? ", \(count) of them without a value" + (hasAttempts ? " or some of their attempts" : "")
      : ""
  }

  /// The remedy for too few items; none where nothing is compared, so that nothing can be judged.
  private func advice(_ presence: ItemPresence) -> String {
    guard edition > .second else {
      return "; --missing ignore judges those, 'items >= 95%' says how many are enough"
    }
    let ignoring =
      isRegistered
      ? "; gates registered with --missing ignore judge those" : "; --missing ignore judges those"
    let found = presence.compared == 0 ? "" : ignoring
    if let itemsGate {
      // Items that are compared are not yet items with all their values.
      return " (\(share(presence.complete))% of them whole, and '\(itemsGate.text)' asks for more)"
        + found
    }
    // A gate on items counts those that are whole for every gate.
    let share = share(wholeItems)
    return share == "0" || presence.compared == 0
      ? found : found + ", as would a gate 'items >= \(share)%', which says how many are enough"
  }

  /// The share of the base's items in tenths of a per cent, never more than there are.
  private func share(_ count: Int) -> String {
    let tenths = baseItems == 0 ? 0 : count * 1000 / baseItems
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// The advice to judge although some columns have changed.
  private func allowing(_ columns: [String]) -> String {
    let flags = columns.map { "--allow-change \(ShellWord.quoted($0))" }.joined(separator: " ")
    return isRegistered && edition > .second
      ? "gates registered with \(flags) judge all the same" : "\(flags) judges all the same"
  }

  /// A gate's result as these items allow it.
  /// - Parameters:
  ///   - columns: The columns that the gate is about.
  ///   - restsOnScores: Whether the gate is about something that was judged.
  func weighed(
    _ result: GateResult, columns: [String], presence: ItemPresence, restsOnScores: Bool
  ) -> GateResult {
    var result = result
    var reasons: [String] = []
    if let shortage = shortage(presence) {
      result.verdict = missing == .fail ? .failed : .undecided
      reasons.append(missing == .fail ? shortage : shortage + advice(presence))
    }
    let changes = changes.filter { change in
      guard let scorer = change.scorer else { return restsOnScores }
      return columns.contains { ScoreColumn.scorer(of: $0).hasBytes(of: scorer) }
    }
    if !changes.isEmpty {
      if result.verdict != .failed || reasons.isEmpty { result.verdict = .undecided }
      let clauses = changes.map { change in
        let items = change.count.map { $0 == 1 ? " on 1 item" : " on \($0) items" } ?? ""
        return change.isUnknown
          ? "'\(change.column)' is recorded for one arm alone, so it is not known to be the same"
          : "'\(change.column)' is not that of \(base)\(items)"
      }
      reasons.append(clauses.joined(separator: ", ") + "; " + allowing(changes.map(\.column)))
    }
    // A limit is about the candidate's own values, and so on their scale.
    let others = result.kind == .change ? rescaled.filter { columns.hasText($0.metric) } : []
    if !others.isEmpty {
      if result.verdict != .failed || reasons.isEmpty { result.verdict = .undecided }
      reasons.append(
        others.map { "'\($0.metric)' \($0.text)" }.joined(separator: ", ") + "; "
          + allowing(others.map(\.metric)))
    }
    if !reasons.isEmpty {
      result.reason = reasons.joined(separator: "; ")
      result.itemsNeeded = nil
    }
    return result
  }
}
