import Statistics
package import Model
package import Wire

/// The measures by which routing is judged: one row per item, or the mean of its attempts.
package struct RoutingMetrics: Sendable {
  package let roles: MetricRoles
  /// The metrics and their directions.
  let choices: [MetricChoice]
  private let table: ColumnTable
  /// The nature of the values of each measure's rows.
  private var values: [DataText: MetricValues] = [:]

  /// The measures found in the columns of a table: success, schema, refusals, cost and latency, and
  /// those that are named besides or by gates.
  /// - Parameter scores: Those of the columns that are scores, kept apart from the version.
  /// - Throws: ``StoreError`` of kind `usage` for a column that is missing or holds no numbers.
  package init(
    _ table: ColumnTable, stated: MetricRoles, higher: [String] = [], lower: [String] = [],
    gates: [String] = [], scores: [ScoreColumn] = []
  ) throws(StoreError) {
    self.table = table
    let roles = try MetricRoles(
      stated: stated, columns: table.columns, of: table.name, scores: scores)
    self.roles = roles
    var choices: [MetricChoice] = []
    func add(_ name: String, _ direction: MetricDocument.Direction) {
      if choices.map(\.name).hasText(name) { return }
      choices.append(MetricChoice(name: name, direction: direction))
    }
    for name in higher { add(name, .higher) }
    for name in lower { add(name, .lower) }
    for (role, direction) in Self.directions where Self.isAvailable(role, roles) {
      // An expected refusal is not a fault.
      if role == .refusal, roles[.expectedRefusal] != nil { continue }
      add(Self.name(role, roles), direction)
    }
    for name in gates where table.has(name) && !choices.map(\.name).hasText(name) {
      guard let direction = scores.score(name)?.direction ?? MetricDirection.inferred(name) else {
        let list = NameList.text([name])
        throw StoreError(
          .usage,
          "the name '\(name)', which a gate uses, does not say whether more of it is better; "
            + "say --higher '\(list)' or --lower '\(list)'")
      }
      add(name, direction)
    }
    self.choices = choices
    guard !choices.isEmpty else {
      throw StoreError(
        .usage,
        "no column of \(table.name) is called like a success, a cost or a latency; give one its "
          + "part with --role success=COLUMN")
    }
    for choice in choices where !isRole(choice.name) { _ = try table.numbers(choice.name) }
    for (name, rows) in try columns((0..<table.count).map { [$0] }) {
      values[name] = MetricValues(
        name.string, types: [table.type(of: name.string)].compactMap(\.self), roles: roles,
        items: [rows])
    }
  }

  private static let directions: [(MetricRoles.Role, MetricDocument.Direction)] = [
    (.success, .higher), (.parsed, .higher), (.valid, .higher), (.toolCall, .higher),
    (.refusal, .lower), (.truncated, .lower), (.cost, .lower), (.latency, .lower),
  ]

  /// Returns true when a column plays the role, or the finish reason decides it.
  private static func isAvailable(_ role: MetricRoles.Role, _ roles: MetricRoles) -> Bool {
    roles[role] != nil || ([.refusal, .truncated].contains(role) && roles[.finishReason] != nil)
  }

  private static func name(_ role: MetricRoles.Role, _ roles: MetricRoles) -> String {
    roles[role] ?? role.rawValue
  }

  /// The findings on texts in the place of numbers, in all rows.
  var findings: [ComparisonDocument.Finding] {
    ComparisonAnalysis.textual(table, choices.map(\.name), roles: roles)
  }

  /// The nature of the values of a measure in all rows.
  func values(of name: String) -> MetricValues {
    values[name] ?? MetricValues(name, types: [], roles: roles, items: [])
  }

  private func isRole(_ name: String) -> Bool {
    Self.directions.contains {
      Self.isAvailable($0.0, roles) && Self.name($0.0, roles).hasBytes(of: name)
    }
  }

  /// All measures of some items, each of its rows: one value per item.
  func columns(_ items: [[Int]]) throws(StoreError) -> [DataText: [Double?]] {
    let arm = try arm(items)
    return try ofRows(items, arm).mapValues(arm.perItem)
  }

  /// The attempts at each of some items, by measure.
  func attempts(_ items: [[Int]]) throws(StoreError) -> [DataText: [ItemPresence.Attempts]] {
    try ofRows(items, try arm(items)).mapValues { column in
      var next = 0
      return items.map { rows in
        defer { next += rows.count }
        return .init(
          count: rows.count, valued: column[next..<next + rows.count].count { $0 != nil })
      }
    }
  }

  /// All measures of the rows of some items, in their order.
  private func ofRows(
    _ items: [[Int]], _ arm: ArmRows
  ) throws(StoreError) -> [DataText: [Double?]] {
    var columns: [DataText: [Double?]] = [:]
    for (role, _) in Self.directions where Self.isAvailable(role, roles) {
      columns[Self.name(role, roles)] = arm.numbers(role)
    }
    for choice in choices where columns[choice.name] == nil {
      let all = try table.numbers(choice.name)
      columns[choice.name] = items.joined().map { all[$0] }
    }
    return columns
  }

  private func arm(_ items: [[Int]], clusters: Clusters? = nil) throws(StoreError) -> ArmRows {
    try ArmRows(table, items: items, roles: roles, clusters: clusters)
  }

  /// The results of items on their own.
  func summary(
    _ items: [[Int]], clusters: Clusters?, level: Double
  ) throws(StoreError) -> ArmDocument {
    ArmSummary(try arm(items, clusters: clusters), level: level).document
  }

  /// The length of the input of each item; nil where it is not recorded.
  func tokens(_ items: [[Int]]) throws(StoreError) -> [Double?]? {
    guard roles[.inputTokens] != nil else { return nil }
    let arm = try arm(items)
    return arm.numbers(.inputTokens).map(arm.perItem)
  }
}
