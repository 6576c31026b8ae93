package import Model

/// The roles of a result table's columns in a report: a JSON object, role to column.
package struct MetricRoles: Sendable, Hashable {
  /// A role that a column can have.
  package enum Role: String, Sendable, CaseIterable {
    /// The success of an attempt, true or false, or a degree.
    case success
    case latency
    /// The cost of an attempt, retries included.
    case cost
    case inputTokens, outputTokens
    /// True when the output could be parsed.
    case parsed
    /// True when the output matched the required schema.
    case valid
    /// True, or a text, where the model refused.
    case refusal
    /// True where it should have refused.
    case expectedRefusal
    /// The reason for which the output ended.
    case finishReason
    /// True when the output was cut off.
    case truncated
    /// The quality of tool calls.
    case toolCall
    /// The model's answer.
    case output
  }

  private var columns: [Role: String] = [:]

  /// No roles.
  package init() {}

  /// The column of a role; nil for none.
  package subscript(role: Role) -> String? {
    get { columns[role] }
    set { columns[role] = newValue }
  }

  /// All columns that have a role.
  package var names: Set<DataText> { columns.values.textSet }
}

extension MetricRoles {
  /// Roles written as `success=win`, several of them with commas between.
  /// - Throws: ``StoreError`` of kind `usage` for an unknown role or a text without `=`.
  package init(parsing texts: [String]) throws(StoreError) {
    self.init()
    for pair in try NameList.names(in: texts) ?? [] {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let role = Role(rawValue: String(parts[0])) else {
        throw StoreError(
          .usage,
          "'\(pair)' gives no role a column; write role=column; "
            + Spelling.advice(String(parts[0]), Role.allCases.map(\.rawValue)))
      }
      self[role] = String(parts[1])
    }
  }
}

extension MetricRoles: Codable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.singleValueContainer().decode([String: String].self)
    for (role, column) in members {
      guard let role = Role(rawValue: role) else {
        let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "'\(role)' is not a role; the roles are \(known)"))
      }
      self[role] = column
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(
      Dictionary(uniqueKeysWithValues: columns.map { ($0.key.rawValue, $0.value) }))
  }
}
