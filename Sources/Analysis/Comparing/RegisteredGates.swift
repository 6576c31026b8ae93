import Model
package import Wire

/// The registration of gates, as far as a comparison needs it.
package struct RegisteredGates: Sendable {
  package let name: String
  /// The number of items that it is for.
  package let items: Int
  /// The identities of the scorers of scores that its gates are about, by the scores' names.
  let scorers: [DataText: String]

  /// The registration saved as the version `name`.
  package init(_ name: String, _ gate: GateDocument) {
    self.name = name
    items = gate.items.count
    scorers = gate.scorers ?? [:]
  }

  /// The scores of arms that are not by the scorer that they were registered with; those of the
  /// base change the gates of every candidate.
  /// - Parameter allowed: Columns that may differ.
  func changes(
    _ sides: [ComparisonSide], allowed: [String]
  ) throws(StoreError) -> (
    changes: [Comparability.Change], findings: [ComparisonDocument.Finding]
  ) {
    var changes: [Comparability.Change] = []
    var findings: [ComparisonDocument.Finding] = []
    for (score, registered) in scorers.sorted(by: { $0.key < $1.key }) {
      let column = ScoreColumn(score.string, scorerType: "", isRate: false).identity
      let isAllowed = allowed.map(Comparability.plain).contains(Comparability.plain(column))
      for (index, side) in sides.enumerated() where side.table.has(score.string) {
        let isKnown = side.table.has(column)
        let labels = isKnown ? try side.table.labels(column) : []
        let others = side.rows.filter { row in
          !isKnown || labels[row].map { !$0.text.string.hasBytes(of: registered) } ?? false
        }
        if others.isEmpty { continue }
        findings.append(
          .init(
            column, arm: side.name, "rows where it is not that registered in \(name)",
            count: others.count))
        if isAllowed { continue }
        for candidate in index == 0 ? sides.dropFirst() : sides[index...index] {
          let change = Comparability.Change(
            candidate: candidate.name, column: column, count: nil, isUnknown: !isKnown,
            scorer: ScoreColumn.scorer(of: score.string))
          if !changes.contains(change) { changes.append(change) }
        }
      }
    }
    return (changes, findings)
  }
}
