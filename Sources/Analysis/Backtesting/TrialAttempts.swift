import Model
import Wire

/// The attempts at each item under two choices of rows, and how many an item needs.
struct TrialAttempts: Sendable {
  /// The most attempts that any target of either rules has at the item.
  let needed: [Int]
  private let active: [DataText: [ItemPresence.Attempts]]
  private let candidate: [DataText: [ItemPresence.Attempts]]

  /// - Parameters:
  ///   - activeRows: The rows of each item under the active rules; none where it has no result.
  ///   - rows: Under the candidate.
  init(
    _ metrics: RoutingMetrics, needed: [Int], activeRows: [[Int]], rows: [[Int]]
  ) throws(StoreError) {
    self.needed = needed
    active = try metrics.attempts(activeRows)
    candidate = try metrics.attempts(rows)
  }

  /// The items with values of some measures on both sides.
  func presence(_ columns: [String]) -> ItemPresence {
    ItemPresence(
      columns.map { (active[$0] ?? none, candidate[$0] ?? none) }, items: needed.count,
      needed: needed)
  }

  private var none: [ItemPresence.Attempts] { needed.map { _ in .init(count: 0, valued: 0) } }

  /// Returns true when no attempt at an item is lost under the candidate, nor a value of `columns`.
  /// - Parameter rows: The candidate's rows of it.
  func isWhole(_ item: Int, rows: [Int], _ columns: [String]) -> Bool {
    rows.count >= needed[item]
      && columns.allSatisfy { candidate[$0]?[item].valued ?? 0 >= needed[item] }
  }

  /// The items of which some attempts are lost, and the attempts without a value.
  /// - Parameters:
  ///   - arms: The names of both, with the rows of each item.
  ///   - metrics: The measures.
  func findings(
    _ arms: [(name: String, rows: [[Int]])], keys: [[String]], metrics: [String]
  ) -> [ComparisonDocument.Finding] {
    var findings: [ComparisonDocument.Finding] = []
    for arm in arms {
      let short = arm.rows.indices.filter {
        !arm.rows[$0].isEmpty && arm.rows[$0].count < needed[$0]
      }
      if short.isEmpty { continue }
      let lost = short.reduce(0) { $0 + needed[$1] - arm.rows[$1].count }
      findings.append(
        .init(
          "attempts", arm: arm.name, "items with fewer than another target has, \(lost) in all",
          count: short.count, examples: short.prefix(PairedItems.exampleCount).map { keys[$0] }))
    }
    for metric in metrics {
      let lost = presence([metric]).valueless
      for (arm, count) in zip(arms, [lost.base, lost.candidate]) where count > 0 {
        findings.append(
          .init(
            metric, arm: arm.name, ComparisonDocument.Finding.lostAttempts, count: count,
            isLeftOut: true))
      }
    }
    return findings
  }
}
