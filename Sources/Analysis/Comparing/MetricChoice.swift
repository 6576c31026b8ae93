import Statistics
import Model
package import Wire

/// A metric and which way is up.
package struct MetricChoice: Sendable, Hashable {
  package let name: String
  package let direction: MetricDocument.Direction

  /// The metrics of a comparison: those requested, and those that gates name.
  ///
  /// Without a request: all columns of numbers that the arms have in common and whose names imply a
  /// direction.
  /// - Throws: ``StoreError`` of kind `usage` for a column that is missing, is named for both
  ///   directions, or whose direction is unknown.
  static func choose(
    _ options: ComparisonOptions, gates: [GateRule], roles: MetricRoles, tables: [ColumnTable],
    key: [String], scores: [ScoreColumn] = []
  ) throws(StoreError) -> [MetricChoice] {
    var found: [MetricChoice] = []
    func add(_ name: String, _ direction: MetricDocument.Direction) throws(StoreError) {
      if let known = found.first(where: { $0.name.hasBytes(of: name) }) {
        if known.direction == direction { return }
        throw StoreError(
          .usage, "more of '\(name)' cannot be better and worse; name it for one direction")
      }
      for table in tables { _ = try table.numbers(name) }
      found.append(MetricChoice(name: name, direction: direction))
    }
    for name in options.higher { try add(name, .higher) }
    for name in options.lower { try add(name, .lower) }
    for name in options.metrics where !found.map(\.name).hasText(name) {
      guard let direction = direction(of: name, roles, scores) else { throw unknown(name, tables) }
      try add(name, direction)
    }
    if found.isEmpty {
      let others = (key + [options.cluster, options.repeats].compactMap { $0 } + options.slices)
        .textSet
      for column in tables[0].columns where !others.contains(column.name) {
        guard let direction = direction(of: column.name, roles, scores),
          column.name != roles[.inputTokens], scores.score(column.name)?.isPart != true,
          column.type != .string, column.type != .timestamp, column.type != .file,
          tables.allSatisfy({ $0.has(column.name) && (try? $0.numbers(column.name)) != nil })
        else { continue }
        try add(column.name, direction)
      }
    }
    for gate in gates {
      guard case .metric(let name) = gate.subject, !found.map(\.name).hasText(name)
      else { continue }
      let guarded: MetricDocument.Direction = gate.gate.relation == .atLeast ? .higher : .lower
      try add(name, direction(of: name, roles, scores) ?? guarded)
    }
    // Gates that speak of what some arm lacks say so, and that is an answer.
    if found.isEmpty, gates.isEmpty { throw none(tables) }
    return found
  }

  /// The columns of `table` that would be metrics, were they in all arms.
  static func metrics(
    in table: ColumnTable, _ options: ComparisonOptions, key: [String], scores: [ScoreColumn] = []
  ) -> [String] {
    let others = Set(key + [options.cluster, options.repeats].compactMap { $0 } + options.slices)
    let roles = try? MetricRoles(stated: MetricRoles(), columns: table.columns, of: table.name)
    return table.columns.map(\.name).filter { name in
      !others.contains(name) && direction(of: name, roles ?? MetricRoles(), scores) != nil
        && scores.score(name)?.isPart != true && roles?[.inputTokens] != name
        && (try? table.numbers(name)) != nil
    }
  }

  /// The direction of a column by the part it plays, by its name, or by what gave its scores.
  private static func direction(
    of name: String, _ roles: MetricRoles, _ scores: [ScoreColumn]
  ) -> MetricDocument.Direction? {
    for role in [MetricRoles.Role.success, .valid, .parsed, .toolCall]
    where roles[role]?.hasBytes(of: name) == true {
      return .higher
    }
    for role in [MetricRoles.Role.latency, .cost, .outputTokens, .truncated]
    where roles[role]?.hasBytes(of: name) == true {
      return .lower
    }
    if roles[.refusal]?.hasBytes(of: name) == true { return nil }
    return scores.score(name)?.direction ?? MetricDirection.inferred(name)
  }

  private static func unknown(_ name: String, _ tables: [ColumnTable]) -> StoreError {
    guard tables.allSatisfy({ $0.has(name) }) else {
      let table = tables.first { !$0.has(name) } ?? tables[0]
      let advice = Spelling.advice(name, table.columns.map(\.name))
      return StoreError(.usage, "\(table.name) has no column '\(name)'; \(advice)")
    }
    let list = NameList.text([name])
    return StoreError(
      .usage,
      "the name '\(name)' does not say whether more of it is better; use --higher '\(list)' or "
        + "--lower '\(list)'")
  }

  private static func none(_ tables: [ColumnTable]) -> StoreError {
    let names = tables[0].columns.filter { $0.type != .string }.map(\.name)
    return StoreError(
      .usage,
      "no column that the arms have in common has the name of a metric; name some with "
        + "--higher and --lower, of \(names.prefix(8).joined(separator: ", "))")
  }
}
