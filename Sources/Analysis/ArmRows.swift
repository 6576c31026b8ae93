import Columns
package import Comparison
package import Model
package import Wire

/// The columns of an arm that play a role, as numbers, over some of its rows.
package struct ArmRows: Sendable {
  package private(set) var count: Int
  /// Parallel to the rows; a role that no column plays is not there.
  private var numbers: [MetricRoles.Role: [Double?]] = [:]
  private var texts: [MetricRoles.Role: [String?]] = [:]
  /// Which rows belong together; nil where each stands for itself.
  package var clusters: Clusters?

  /// Roles whose column holds texts.
  private static let textual: Set<MetricRoles.Role> = [.finishReason, .output]

  /// The rows of a table whose numbers are in `rows`, in that order.
  /// - Throws: ``StoreError`` of kind `usage` when a column is missing, or has no numbers where its
  ///   role needs some.
  package init(
    _ table: ColumnTable, rows: [Int], roles: MetricRoles, clusters: Clusters? = nil
  ) throws(StoreError) {
    count = rows.count
    self.clusters = clusters
    for role in MetricRoles.Role.allCases {
      guard let column = roles[role] else { continue }
      if Self.textual.contains(role) {
        let all = try table.texts(column)
        texts[role] = rows.map { all[$0] }
      } else if role == .refusal, try table.vector(column).type == .string {
        // A refusal that is quoted is a refusal.
        let all = try table.texts(column)
        numbers[role] = rows.map { all[$0]?.isEmpty ?? true ? 0 : 1 }
      } else {
        let all = try table.numbers(column)
        numbers[role] = rows.map { all[$0] }
      }
    }
    if let reasons = texts[.finishReason] { read(reasons) }
  }

  /// What a finish reason tells of truncation and refusal, where no column of its own does.
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

  /// The column of a role as numbers; nil where no column plays it.
  package func numbers(_ role: MetricRoles.Role) -> [Double?]? { numbers[role] }

  /// The column of a role as texts; nil where no column plays it.
  package func texts(_ role: MetricRoles.Role) -> [String?]? { texts[role] }

  /// Some of the rows, by their places among these.
  package func selecting(_ rows: [Int]) -> ArmRows {
    var part = self
    part.count = rows.count
    part.numbers = numbers.mapValues { column in rows.map { column[$0] } }
    part.texts = texts.mapValues { column in rows.map { column[$0] } }
    part.clusters = clusters.map { whole in Clusters(labels: rows.map { whole.codes[$0] }) }
    return part
  }
}
