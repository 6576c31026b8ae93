package import Model
package import Providers

/// The columns of a run's outputs.
package enum RunColumns {
  package static let key = ["item", "model", "attempt"]

  /// The columns that describe a call's outcome, with their types; `input` and the key stand
  /// before them.
  private static let usual: [(name: String, type: ColumnType)] = [
    ("output", .string), ("error", .string), ("finish_reason", .string), ("success", .bool),
    ("latency_ms", .int64), ("cost_usd", .float64), ("input_tokens", .int64),
    ("output_tokens", .int64), ("cached_tokens", .int64), ("reasoning_tokens", .int64),
  ]

  /// Further columns, which are there when some row has a value of them.
  private static let further: [(name: String, type: ColumnType)] = [
    ("error_class", .string), ("error_code", .string), ("finish_raw", .string),
    ("refusal", .string), ("tool_calls", .json), ("call_key", .string), ("seed", .int64),
    ("provider", .string), ("model_requested", .string), ("model_reported", .string),
    ("fingerprint", .string), ("request_id", .string), ("ttft_ms", .int64), ("late_ms", .int64),
    ("cache_write_tokens", .int64), ("image_count", .int64), ("sends", .json), ("prices", .string),
    ("reused", .bool), ("started_at", .timestamp), ("completed_at", .timestamp),
    ("run", .string),
  ]

  private static let outcome = usual + further

  /// The columns with the files that a model made, in their order; only where one did: `file`,
  /// `file_2` and so on.
  package static let files = ["file"] + (2...16).map { "file_\($0)" }

  /// The columns of items in filler and of calls under load; only in runs that ask for them.
  static let padding = "padded_to"
  package static let load = "load"
  /// True for an answer that differs from that of the run that is measured again, by the same key.
  package static let changed = "changed"

  /// The types of all columns; `hasMessages` for inputs that are lists of messages.
  package static func types(hasMessages: Bool) -> [DataText: ColumnType] {
    var types: [DataText: ColumnType] = [
      "item": .string, "model": .string, "attempt": .int64, "input": hasMessages ? .json : .string,
    ]
    for column in outcome { types[DataText(column.name)] = column.type }
    for name in files { types[DataText(name)] = .file }
    types[DataText(padding)] = .int64
    types[DataText(load)] = .int64
    types[DataText(changed)] = .bool
    return types
  }

  /// The names of the columns that describe a call's outcome.
  package static var outcomeNames: [String] { outcome.map(\.name) + files }

  /// Rows with the same columns in the same order, null where they have no value.
  package static func aligned(_ rows: [JSON.Object]) -> [JSON] {
    let present = further.filter { column in
      rows.contains { row in row[column.name].map { $0 != .null } == true }
    }
    let names = key + ["input"] + (usual + present).map(\.name)
    // A file, and columns that are carried, stand behind them.
    var others: [String] = []
    for row in rows {
      for name in row.names
      where !names.hasText(name) && !isFurther(name) && !others.hasText(name) {
        others.append(name)
      }
    }
    return rows.map { row in
      .object(JSON.Object((names + others).map { ($0, row[$0] ?? .null) }))
    }
  }

  private static func isFurther(_ name: String) -> Bool {
    further.contains { $0.name.hasBytes(of: name) }
  }

  /// The class of a call that was left out, since it is not known whether it was answered.
  package static let unknownOutcome = "unknown_outcome"

  /// Returns true when an outcome may stand for another call with its key: an answer that was not
  /// filtered, or a refusal that the same call always gets.
  package static func isReusable(_ columns: JSON.Object) -> Bool {
    guard let kind = columns["error_class"]?.string else {
      return columns["finish_reason"]?.string != Answer.FinishReason.contentFilter.rawValue
    }
    return kind == ProviderError.Kind.contextLengthExceeded.rawValue
  }

  /// The units that a call used, as its outcome has them.
  package static func usage(_ columns: JSON.Object) -> Usage {
    func count(_ name: String) -> Int? {
      columns[name]?.integer.flatMap { $0 < 0 ? nil : Int(exactly: $0) }
    }
    var usage = Usage()
    usage.cacheRead = count("cached_tokens")
    usage.cacheWrite5m = count("cache_write_tokens")
    // The column has all input tokens.
    usage.input = count("input_tokens").map {
      max(0, $0 - (usage.cacheRead ?? 0) - (usage.cacheWrite5m ?? 0))
    }
    usage.output = count("output_tokens")
    usage.reasoning = count("reasoning_tokens")
    usage.images = count("image_count")
    return usage
  }

  /// Returns true for the outcome of a call that failed.
  package static func isError(_ columns: JSON.Object) -> Bool {
    columns["error_class"]?.string != nil
  }

  /// Everything that a model answered: the output, the calls of tools without their ids, which
  /// differ from one answer to the next by themselves, a refusal, and files by their digests.
  package static func content(_ columns: JSON.Object) -> [JSON?] {
    let calls = columns["tool_calls"]?.array?.map { call in
      JSON.array(["name", "arguments"].map { call.object?[$0] ?? .null })
    }
    let digests = files.compactMap { columns[$0]?.object?["digest"] }
    return [
      columns["output"], calls.map(JSON.array), columns["refusal"],
      digests.isEmpty ? nil : .array(digests),
    ].map { $0 == .null ? nil : $0 }
  }

  /// The outcome for a further row of the same call: it took no time and cost nothing of its own,
  /// where it is known what the call cost.
  static func shared(_ columns: JSON.Object) -> JSON.Object {
    var columns = columns
    columns["latency_ms"] = .null
    columns["ttft_ms"] = .null
    if let cost = columns["cost_usd"], cost != .null { columns["cost_usd"] = .integer(0) }
    columns["reused"] = .bool(true)
    return columns
  }
}

extension RunPlan {
  /// The rows of the outputs for which there are outcomes, item by item.
  /// - Parameter results: The outcomes of calls by their keys.
  package func rows(_ results: [Digest: JSON.Object]) -> [JSON.Object] {
    let order = cells.sorted {
      ($0.item, $0.target, $0.attempt) < ($1.item, $1.target, $1.attempt)
    }
    return order.compactMap { cell in
      guard let outcome = results[calls[cell.call].key] else { return nil }
      var row: JSON.Object = [
        "item": .string(items[cell.item].id), "model": .string(targets[cell.target].name),
        "attempt": .integer(Int64(cell.attempt)), "input": items[cell.item].input,
      ]
      if isPadded {
        row[RunColumns.padding] = .integer(Int64(items[cell.item].padding ?? 0))
      }
      if let load = calls[cell.call].load { row[RunColumns.load] = .integer(Int64(load)) }
      let columns = cell.isFirst ? outcome : RunColumns.shared(outcome)
      for member in columns.members { row.append(member.name, member.value) }
      return row
    }
  }
}

/// The digest of a run's answers: of item, model, attempt, call key, reason to stop, class of error
/// and everything that the model answered (``RunColumns/content(_:)``), and so of nothing that
/// differs from one measurement to the next by itself.
package struct AnswersDigest {
  private static let columns = [
    "item", "model", "attempt", "call_key", "finish_reason", "error_class",
  ]

  /// The digest of rows in any order.
  package static func of(_ rows: [JSON.Object]) -> Digest {
    let lines = rows.map { row in
      let cells = columns.map { row[$0] } + RunColumns.content(row)
      return JSON.array(cells.map { $0 ?? .null }).canonicalBytes
    }
    var hasher = DigestHasher()
    for line in lines.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      hasher.update(line + [UInt8(ascii: "\n")])
    }
    return hasher.finalize()
  }
}
