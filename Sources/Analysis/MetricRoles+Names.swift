package import Model
package import Wire

extension MetricRoles {
  /// The names that a role's column usually has, best first; compared without case and signs.
  private static let usual: [(Role, [String])] = [
    (
      .success,
      [
        "success", "succeeded", "is_success", "passed", "pass", "correct", "is_correct", "resolved",
        "solved", "task_success", "exact_match", "accuracy", "score", "win",
      ]
    ),
    (
      .latency,
      [
        "latency", "latency_ms", "latency_s", "latency_seconds", "total_latency_ms", "duration",
        "duration_ms", "duration_s", "duration_seconds", "elapsed", "elapsed_ms",
        "elapsed_seconds", "response_time", "response_time_ms", "seconds",
      ]
    ),
    (.cost, ["cost", "cost_usd", "usd", "total_cost", "total_cost_usd", "price", "price_usd"]),
    (
      .inputTokens,
      ["input_tokens", "prompt_tokens", "tokens_in", "n_input_tokens", "context_tokens"]
    ),
    (
      .outputTokens,
      ["output_tokens", "completion_tokens", "tokens_out", "n_output_tokens"]
    ),
    (.parsed, ["json_parsed", "parsed", "parses", "is_json", "json_ok", "schema_parsed"]),
    (
      .valid,
      ["schema_valid", "json_valid", "valid", "is_valid", "schema_ok", "schema_compliant"]
    ),
    (.refusal, ["refusal", "refused", "is_refusal"]),
    (
      .expectedRefusal,
      ["refusal_expected", "expected_refusal", "should_refuse", "expects_refusal"]
    ),
    (.finishReason, ["finish_reason", "stop_reason"]),
    (.truncated, ["truncated", "is_truncated"]),
    (
      .toolCall,
      [
        "tool_call_accuracy", "tool_accuracy", "tool_call_correct", "tool_calls_correct",
        "tool_correct", "tool_call_score",
      ]
    ),
    (.output, ["output", "response", "completion"]),
  ]

  /// The parts whose values lie between 0 and 1, where a column's do.
  static let shares: [Role] = [
    .success, .parsed, .valid, .refusal, .expectedRefusal, .truncated, .toolCall,
  ]

  /// The columns that play a part by their numbers.
  var numeric: Set<DataText> {
    names.subtracting([self[.finishReason], self[.output]].compactMap(\.self).textSet)
  }

  /// Returns true when columns of this name usually have values between 0 and 1.
  static func isShare(_ name: String) -> Bool {
    usual.contains { role, names in
      shares.contains(role) && names.contains { plain($0) == plain(name) }
    }
  }

  /// The usual names of a role's column.
  static func usualNames(_ role: Role) -> [String] { usual.first { $0.0 == role }?.1 ?? [] }

  /// Returns true when this is a usual name for some role's column.
  static func isUsual(_ name: String) -> Bool {
    usual.contains { $0.1.contains { plain($0) == plain(name) } }
  }

  /// The roles that columns play by their usual names, overridden by those in `stated`; an empty
  /// name there means that no column plays the role.
  ///
  /// A column of texts never plays the role of refusals: a model's words do not show whether it
  /// refused. In the first edition it could.
  /// - Parameter scores: Those of the columns that are scores, which play what no other plays.
  /// - Throws: ``StoreError`` of kind `usage` for a stated column that is missing.
  package init(
    stated: MetricRoles, columns: [ColumnDefinition], of table: String,
    scores: [ScoreColumn] = [], edition: Edition = .current
  ) throws(StoreError) {
    self.init()
    for (role, names) in Self.usual {
      if let column = stated[role] {
        let found = columns.position(of: column).map { columns[$0] }
        guard column.isEmpty || found != nil else {
          throw StoreError(
            .usage,
            "there is no column '\(column)' for the role \(role.rawValue) in \(table); "
              + Spelling.advice(column, columns.map(\.name)))
        }
        guard role != .refusal || found?.type != .string || edition == .first else {
          throw StoreError(
            .usage,
            "the column '\(column)' of \(table) holds texts, which do not say whether a model "
              + "refused; give the role refusal to a column of true and false")
        }
        self[role] = column.isEmpty ? nil : column
        continue
      }
      let fitting = columns.filter { Self.fits($0.type, role, edition) }
      let own = fitting.filter { scores.score($0.name) == nil }
      self[role] = Self.first(of: names, in: own) ?? Self.first(of: names, in: fitting)
    }
  }

  /// The column with the first of some names that one has.
  private static func first(of names: [String], in columns: [ColumnDefinition]) -> String? {
    for name in names {
      if let found = columns.first(where: { plain($0.name) == plain(name) }) { return found.name }
    }
    return nil
  }

  /// The columns of texts that are called as a column of numbers is, with the part that they do not
  /// play.
  package static func textual(
    _ columns: [ColumnDefinition]
  ) -> [(role: Role, name: String)] {
    columns.filter { $0.type == .string }.compactMap { column in
      let found = usual.first { role, names in
        !fits(.string, role, .current) && names.contains { plain($0) == plain(column.name) }
      }
      return found.map { ($0.0, column.name) }
    }
  }

  /// The remarks on columns of texts that would play a role if they held numbers.
  func unplayed(_ columns: [ColumnDefinition]) -> [(name: String, what: String)] {
    Self.textual(columns).filter { self[$0.role] == nil }.map { role, name in
      role == .refusal
        ? (name, "holds texts, which do not tell whether a model refused: not counted")
        : (name, "holds texts, and so is no column of \(role.rawValue): nothing is told of it")
    }
  }

  /// Returns true when columns of a type can play a role.
  private static func fits(_ type: ColumnType, _ role: Role, _ edition: Edition) -> Bool {
    switch type {
    case .bool, .int64, .float64: role != .finishReason
    case .json: true
    case .string:
      [.finishReason, .output].contains(role) || (role == .refusal && edition == .first)
    case .timestamp, .file, .vector: false
    }
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
