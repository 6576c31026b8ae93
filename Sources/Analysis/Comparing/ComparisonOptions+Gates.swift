import Statistics
package import Model
package import Wire

extension ComparisonOptions {
  /// The columns that gates name, or to which roles are given that gates name.
  /// - Throws: ``StoreError`` of kind `usage` for what is no gate.
  package func gatedColumns() throws(StoreError) -> [String] {
    let grammar = Gate.Grammar(rawValue: grammar ?? Gate.Grammar.second.rawValue) ?? .second
    return try gates.map { text throws(StoreError) in
      let name = try Gate(text, grammar: grammar).metric
      return MetricRoles.Role(rawValue: name).flatMap { roles[$0] } ?? name
    }
  }

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

  /// Findings on names of gates and metrics that a table has no numbers of, so that a comparison
  /// needs them of the candidates and of the base.
  package func unknownMetrics(of table: ColumnTable) -> [ComparisonDocument.Finding] {
    let grammar = Gate.Grammar(rawValue: grammar ?? Gate.Grammar.second.rawValue) ?? .second
    let gated = gates.compactMap { try? Gate($0, grammar: grammar) }.filter { !$0.isOfItems }
      .map(\.metric)
      .filter { !GateRule.derivedNames.contains($0) && MetricRoles.Role(rawValue: $0) == nil }
    var found: [ComparisonDocument.Finding] = []
    for name in gated + metrics + higher + lower
    where (try? table.numbers(name)) == nil && !found.contains(where: { $0.subject == name }) {
      let numeric = table.columns.map(\.name).filter { (try? table.numbers($0)) != nil }
      found.append(
        .init(
          name, arm: nil,
          "\(table.name) has no numbers of it, which both sides of a comparison need; "
            + Spelling.advice(name, numeric)))
    }
    return found
  }
}
