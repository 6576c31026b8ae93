import Comparison
package import Model
package import Wire

extension ComparisonOptions {
  /// Goes on where every gate is one, and no limit is beyond what a column of `table` can have.
  ///
  /// What a table does not have is left to the comparison: gates are registered before there are
  /// results.
  /// - Throws: ``StoreError`` of kind `usage`.
  package func checkGates(on table: ColumnTable) throws(StoreError) {
    let grammar = Gate.Grammar(rawValue: grammar ?? Gate.Grammar.second.rawValue) ?? .second
    let roles = try? MetricRoles(stated: roles, columns: table.columns, of: table.name)
    for text in gates {
      let gate = try Gate(text, grammar: grammar)
      let column =
        table.has(gate.metric)
        ? gate.metric : MetricRoles.Role(rawValue: gate.metric).flatMap { roles?[$0] }
      guard gate.kind == .limit, let column, let numbers = try? table.numbers(column) else {
        continue
      }
      let values = numbers.compactMap { $0 }
      let isPart = MetricRoles.shares.contains { roles?[$0] == column }
      let areShares =
        !values.isEmpty
        && (values.allSatisfy { $0 == 0 || $0 == 1 }
          || (isPart && values.allSatisfy { (0...1).contains($0) }))
      let rule = try GateRule(
        text, grammar: grammar, roles: roles ?? MetricRoles(), columns: [DataText(column)])
      try rule.check { _ in areShares }
    }
  }
}
