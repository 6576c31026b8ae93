package import Model

/// Which columns of a result table play which part in a report: a JSON object, role to column.
package struct MetricRoles: Sendable, Hashable {
  /// A part that a column can play.
  package enum Role: String, Sendable, CaseIterable {
    /// Whether, or how far, the task was solved.
    case success
    case latency
    /// What the attempt cost, retries included.
    case cost
    case inputTokens, outputTokens
    /// Whether the output could be parsed at all.
    case parsed
    /// Whether it was of the wanted schema.
    case valid
    /// True, or a text, where the model refused.
    case refusal
    /// True where it should have refused.
    case expectedRefusal
    /// Why the output ended.
    case finishReason
    /// Whether it was cut off.
    case truncated
    /// How well tools were called.
    case toolCall
    /// What the model said.
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

  /// All columns that play a part.
  package var names: Set<DataText> { columns.values.textSet }
}

extension MetricRoles {
  /// Roles written as `success=win`, several of them with commas between.
  /// - Throws: ``StoreError`` of kind `usage` for a part that there is not.
  package init(parsing texts: [String]) throws(StoreError) {
    self.init()
    for pair in try NameList.names(in: texts) ?? [] {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let role = Role(rawValue: String(parts[0])) else {
        throw StoreError(
          .usage,
          "'\(pair)' gives no column a part; write part=column; "
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
            debugDescription: "'\(role)' is no role; there are \(known)"))
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
