import Statistics
package import Model
package import Wire

extension ComparisonOptions {
  /// Goes on where every gate is one, and no bound is beyond what a column of `table` can have.
  ///
  /// What a table does not have is left to the comparison: gates are registered before there are
  /// results.
  /// - Throws: ``StoreError`` of kind `usage`.
  package func checkGates(on table: ColumnTable) throws(StoreError) {
    let grammar = Gate.Grammar(rawValue: grammar ?? Gate.Grammar.second.rawValue) ?? .second
    let roles = (try? MetricRoles(stated: roles, columns: table.columns, of: table.name)) ?? roles
    for text in gates {
      let gate = try Gate(text, grammar: grammar)
      let column =
        table.has(gate.metric)
        ? gate.metric : MetricRoles.Role(rawValue: gate.metric).flatMap { roles[$0] }
      guard let column, let numbers = try? table.numbers(column) else { continue }
      let rule = try GateRule(
        text, grammar: grammar, roles: roles, columns: [DataText(column)])
      let values = MetricValues(
        column, types: [table.type(of: column)].compactMap(\.self), roles: roles, items: [numbers])
      // Of an empty column only the name is known.
      guard numbers.contains(where: { $0 != nil }) else { continue }
      try rule.check { _ in values }
    }
  }
}
