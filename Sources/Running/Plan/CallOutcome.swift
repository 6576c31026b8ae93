package import Model
import Providers

/// One time that a call was sent, as the rows keep it in `sends`.
struct SentCall: Sendable {
  let send: Int
  let start: Timestamp
  let milliseconds: Int64
  /// Nil for an answer.
  let error: ProviderError.Kind?
  let retryAfter: Duration?
  /// Nanodollars; nil when they are not known.
  let cost: Int64?
  /// The tokens that it used; nil when they are not known.
  let usedTokens: Int?
  /// The quotas that the answer reports.
  let rates: RateReport?

  /// The same without a cost.
  var free: SentCall {
    SentCall(
      send: send, start: start, milliseconds: milliseconds, error: error, retryAfter: retryAfter,
      cost: 0, usedTokens: usedTokens, rates: rates)
  }

  var json: JSON {
    var members: JSON.Object = [
      "n": .integer(Int64(send)), "started_at": .string(start.description),
      "ms": .integer(milliseconds),
    ]
    members["error_class"] = error.map { .string($0.rawValue) }
    members["retry_after_ms"] = retryAfter.map { .integer($0.wholeMilliseconds) }
    members["cost_nano_usd"] = cost.map(JSON.integer)
    return .object(members)
  }
}

/// The outcome of a call, as columns.
struct CallOutcome {
  let call: RunPlan.Call
  let target: Target
  let sends: [SentCall]
  let end: Timestamp
  let prices: String?
  let run: String
  /// The time by which it was sent later than the load's schedule has it; nil without one.
  let late: Duration?

  /// The columns that say nothing of the answer.
  private var common: JSON.Object {
    var columns: JSON.Object = [
      "call_key": .string(call.key.description), "provider": .string(target.provider.name),
      "model_requested": .string(target.model), "sends": .array(sends.map(\.json)),
      "reused": .bool(false), "completed_at": .string(end.description), "run": .string(run),
    ]
    columns["seed"] = call.seed.map { .integer(Int64($0)) }
    columns["prices"] = prices.map(JSON.string)
    columns["started_at"] = sends.first.map { .string($0.start.description) }
    // The cost of a row is that of all times that it was sent.
    let costs = sends.map(\.cost)
    if !costs.contains(where: { $0 == nil }) {
      let nano = costs.reduce(Int64(0)) { $0.adding($1 ?? 0) }
      columns["cost_usd"] = .number(Nanodollars.decimal(nano))
    }
    return columns
  }

  /// The columns of an answer; `files` are what it made.
  func columns(_ answer: Answer, files: [FileValue]) -> JSON.Object {
    var columns = common
    columns["output"] = answer.output.map(JSON.string)
    columns["finish_reason"] = answer.finishReason.map { .string($0.rawValue) }
    columns["finish_raw"] = answer.finishRaw.map(JSON.string)
    columns["success"] = .bool(true)
    columns["latency_ms"] = .integer(answer.timing.total.wholeMilliseconds)
    columns["late_ms"] = late.map { .integer($0.wholeMilliseconds) }
    columns["ttft_ms"] = answer.timing.firstContent.map { .integer($0.wholeMilliseconds) }
    let usage = answer.usage
    let writes = [usage.cacheWrite5m, usage.cacheWrite1h].compactMap { $0 }
    let counts: [(String, Int?)] = [
      ("input_tokens", usage.allInput), ("output_tokens", usage.output),
      ("cached_tokens", usage.cacheRead), ("reasoning_tokens", usage.reasoning),
      ("cache_write_tokens", writes.isEmpty ? nil : writes.reduce(0) { $0.adding($1) }),
      ("image_count", usage.images),
    ]
    for (name, count) in counts { columns[name] = count.map { .integer(Int64($0)) } }
    columns["refusal"] = answer.refusal.map(JSON.string)
    if !answer.toolCalls.isEmpty {
      columns["tool_calls"] = .array(
        answer.toolCalls.map {
          [
            "id": .string($0.id), "name": .string($0.name), "arguments": .string($0.arguments),
          ]
        })
    }
    columns["model_reported"] = answer.modelReported.map(JSON.string)
    columns["fingerprint"] = answer.fingerprint.map(JSON.string)
    columns["request_id"] = answer.requestID.map(JSON.string)
    for (name, file) in zip(RunColumns.files, files) { columns[name] = file.json }
    return columns
  }

  /// The columns of a failure; it has no latency, which is an answer's.
  func columns(_ error: ProviderError) -> JSON.Object {
    var columns = common
    columns["success"] = .bool(false)
    columns["error"] = .string(error.advisedMessage)
    columns["error_class"] = .string(error.kind.rawValue)
    columns["error_code"] = error.code.map(JSON.string)
    columns["request_id"] = error.requestID.map(JSON.string)
    return columns
  }
}

extension RunPlan {
  /// The outcome of a call that is left out, since it is not known whether it was answered.
  package func unknownOutcome(_ unknown: RunHistory.Unknown, _ run: String) -> JSON.Object? {
    calls.first { $0.key == unknown.key }.map { call in
      let target = targets[call.target]
      return [
        "call_key": .string(call.key.description), "provider": .string(target.provider.name),
        "model_requested": .string(target.model), "reused": .bool(false),
        "started_at": .string(unknown.time.description), "run": .string(run),
        "success": .bool(false), "error_class": .string(RunColumns.unknownOutcome),
        "error":
          "the process was killed while it was called: it may have been answered and paid for",
      ]
    }
  }
}

extension Answer {
  /// The text, or embeddings as JSON; nil for an answer of tool calls or media only.
  fileprivate var output: String? {
    guard text == nil, !embeddings.isEmpty else { return text }
    let lists = embeddings.map { JSON.array($0.map { .number("\($0)") }) }
    return (lists.count == 1 ? lists[0] : .array(lists)).text
  }
}

extension Duration {
  /// Milliseconds, halves rounded upwards.
  var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
  }
}
