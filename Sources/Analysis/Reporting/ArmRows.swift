import Columns
package import Statistics
package import Model
package import Wire

/// The columns of an arm that play a role, as numbers, over some of its rows.
package struct ArmRows: Sendable {
  package private(set) var count: Int
  /// Parallel to the rows; a role that no column plays is not there.
  private var numbers: [MetricRoles.Role: [Double?]] = [:]
  private var texts: [MetricRoles.Role: [String?]] = [:]
  /// The item of each row, where an item may have several: its attempts; nil where each row is one.
  package let items: Clusters?
  /// The clusters of items; nil where items are independent.
  package let clusters: Clusters?

  /// Roles whose column holds texts.
  private static let textual: Set<MetricRoles.Role> = [.finishReason, .output]

  /// The rows of a table whose numbers are in `rows`, in that order.
  ///
  /// With `items` an item's value is the mean of its rows', and `clusters` are of items.
  /// - Throws: ``StoreError`` of kind `usage` when a column is missing, or has no numbers where its
  ///   role needs some.
  package init(
    _ table: ColumnTable, rows: [Int], roles: MetricRoles, items: Clusters? = nil,
    clusters: Clusters? = nil
  ) throws(StoreError) {
    count = rows.count
    self.items = items
    self.clusters = clusters
    for role in MetricRoles.Role.allCases {
      guard let column = roles[role] else { continue }
      if Self.textual.contains(role) {
        let all = try table.texts(column)
        texts[role] = rows.map { all[$0] }
      } else if role == .refusal, try table.vector(column).type == .string {
        // Documents of the first edition took every text for a refusal.
        let all = try table.texts(column)
        numbers[role] = rows.map { all[$0]?.isEmpty ?? true ? 0 : 1 }
      } else {
        let all = try table.numbers(column)
        numbers[role] = rows.map { all[$0] }
      }
    }
    if let reasons = texts[.finishReason] { read(reasons) }
  }

  /// The rows of each item, one or its attempts.
  init(
    _ table: ColumnTable, items: [[Int]], roles: MetricRoles, clusters: Clusters?
  ) throws(StoreError) {
    let ofRow = items.enumerated().flatMap { item, rows in rows.map { _ in item } }
    try self.init(
      table, rows: Array(items.joined()), roles: roles,
      items: items.allSatisfy { $0.count == 1 } ? nil : Clusters(labels: ofRow),
      clusters: clusters)
  }

  /// Infers truncation and refusal from finish reasons, where no column of its own has them.
  private mutating func read(_ reasons: [String?]) {
    if numbers[.truncated] == nil {
      numbers[.truncated] = reasons.map { reason in
        reason.map { ["length", "max_tokens", "max_output_tokens"].contains($0) ? 1 : 0 }
      }
    }
    if numbers[.refusal] == nil {
      numbers[.refusal] = reasons.map { reason in
        reason.map { ["content_filter", "refusal"].contains($0) ? 1 : 0 }
      }
    }
  }

  /// Leaves out, part by part, the items that have no value on some of the arms, which are of the
  /// same items in the same order.
  static func align(_ arms: inout [ArmRows]) {
    // Lengths of inputs describe items, and are not results.
    for role in MetricRoles.Role.allCases where role != .inputTokens {
      let columns = arms.compactMap { arm in arm.numbers[role].map(arm.perItem) }
      guard columns.count == arms.count, let count = columns.first?.count else { continue }
      let isWhole = (0..<count).map { item in columns.allSatisfy { $0[item] != nil } }
      for index in arms.indices {
        let items = arms[index].items?.codes
        arms[index].numbers[role] = arms[index].numbers[role]?.enumerated().map { row, value in
          isWhole[items?[row] ?? row] ? value : nil
        }
      }
    }
  }

  /// The column of a role as numbers; nil where no column plays it.
  package func numbers(_ role: MetricRoles.Role) -> [Double?]? { numbers[role] }

  /// Returns true when some row has a number of a role.
  func hasNumbers(_ role: MetricRoles.Role) -> Bool {
    numbers[role]?.contains { $0 != nil } ?? false
  }

  /// The column of a role as texts; nil where no column plays it.
  package func texts(_ role: MetricRoles.Role) -> [String?]? { texts[role] }

  /// A column of the rows, one value per item: the mean of its attempts that have a value.
  package func perItem(_ column: [Double?]) -> [Double?] {
    guard let items else { return column }
    var values = [[Double]](repeating: [], count: items.count)
    for (row, value) in column.enumerated() {
      if let value { values[items.codes[row]].append(value) }
    }
    return values.map { values in
      if values.count < 2 { return values.first }
      return (values.reduce(0, +) / Double(values.count)).ifFinite
    }
  }

  /// The clusters of some items, by their places.
  package func clusters(of places: [Int]) -> Clusters? { clusters?.selecting(places) }
}
