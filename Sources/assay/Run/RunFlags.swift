import ArgumentParser
import Foundation
import Model
import Scoring

/// The options that make a document `run/1`.
struct RunFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A target: a name of models, or provider:model; may be given several times.",
      valueName: "target"))
  var target: [String] = []
  @Option(
    help: ArgumentHelp(
      "The column that is sent: a text, or a JSON list of messages.", valueName: "column"))
  var promptColumn: String?
  @Option(
    help: ArgumentHelp(
      "The text that is sent, with {{columns}} of the inputs; or a stored one: triage-prompt@2.",
      valueName: "text"))
  var prompt: String?
  @Option(
    help: ArgumentHelp(
      "A system message before it, with {{columns}} of the inputs.", valueName: "text"))
  var system: String?
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("The attempts at each item. Default: 1.", valueName: "count"))
  var repeats: Int?
  @Option(
    help: ArgumentHelp(
      "The dataset of the outputs. Default: the inputs' name and .outputs.", valueName: "dataset"))
  var into: String?
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only items for which this SQL expression is true.", valueName: "sql"))
  var condition: String?
  @Flag(
    help:
      "Only items that raters of NAME.ratings labelled 'approved', as they are (assay rate --labels)."
  )
  var approved = false
  @Option(
    help: ArgumentHelp(
      "The columns that identify an item. Default: the inputs' key.", valueName: "columns"))
  var key: [String] = []
  @Option(
    help: ArgumentHelp(
      "Columns of the inputs to keep beside the outputs.", valueName: "columns"))
  var carry: [String] = []
  @Option(help: ArgumentHelp("The most tokens of an answer.", valueName: "count"))
  var maxTokens: Int?
  @Option(help: ArgumentHelp("The temperature of all calls.", valueName: "number"))
  var temperature: String?
  @Option(
    help: ArgumentHelp(
      "Send seeds, one per item and attempt, drawn from this one.", valueName: "seed"))
  var seed: Int?
  @Option(
    help: ArgumentHelp(
      "Never spend more than this; calls that might are not sent.", valueName: "dollars"))
  var maxUsd: String?
  @Option(help: ArgumentHelp("The most calls, repeated ones included.", valueName: "count"))
  var maxCalls: Int?
  @Option(help: ArgumentHelp("Send no more calls after this time.", valueName: "seconds"))
  var maxSeconds: Int?
  @Option(
    help: ArgumentHelp(
      "Call a target no more once this share of 20 or more calls failed.", valueName: "percent"))
  var stopAfterErrors: Int?
  @Option(
    help: ArgumentHelp("The most calls of a provider at a time.", valueName: "count"))
  var concurrency: Int?
  @Option(
    help: ArgumentHelp(
      "A scorer of the outputs, as 'assay score' has them; may be given several times.",
      valueName: "scorer"))
  var scorer: [String] = []
  @Option(
    help: ArgumentHelp(
      "Measure each target under these numbers of calls at a time, one after the other, such as 1,4,16.",
      valueName: "counts"))
  var concurrencySweep: String?
  @Option(
    help: ArgumentHelp(
      "Send each item also behind filler of so many tokens, such as 8k,32k,128k.",
      valueName: "tokens"))
  var padTo: String?
  @Option(help: "never makes every call, also those whose answers are known. Default: same_key.")
  var reuse: String?
  @Flag(help: "With --max-usd: call also targets whose costs have no bound.")
  var allowUnpriced = false
  @Option(
    name: .customLong("in"),
    help: ArgumentHelp("The providers: a dataset or a version.", valueName: "reference"))
  var providers = "providers"

  /// The document; of a file, when `source` is not a reference of inputs.
  /// - Throws: ``StoreError`` of kind `usage` for options that do not go together.
  func document(_ source: String) throws(StoreError) -> JSON {
    guard target.isEmpty else { return .object(try members(source)) }
    let isReference = !source.hasSuffix(".json") && (try? Reference(parsing: source)) != nil
    guard promptColumn == nil, prompt == nil, into == nil, scorer.isEmpty,
      !isReference || FileManager.default.fileExists(atPath: source) || source == "-"
    else {
      throw StoreError(
        .usage, "name a --target to call, such as --target gpt-4o-mini or --target PROVIDER:MODEL")
    }
    let bytes = try RouterCommand.read(source)
    do throws(JSONFault) {
      return try JSON(parsing: bytes, depth: 64)
    } catch {
      throw StoreError(
        .usage,
        "\(source) is no document of a run: it is not JSON at \(error.description(in: bytes)); for a "
          + "version of inputs, name what to call with --target")
    }
  }

  private func members(_ inputs: String) throws(StoreError) -> JSON.Object {
    let reference = try Reference(parsing: inputs)
    var members: JSON.Object = [
      "schema": .string("run/1"), "inputs": .string(inputs), "targets": JSON(target),
      "providers": .string(providers),
      "into": .string(into ?? reference.dataset.text + ".outputs"),
    ]
    switch (promptColumn, prompt) {
    case (let column?, nil): members["prompt"] = ["column": .string(column)]
    case (nil, let text?):
      members["prompt"] = [Self.isStored(text) ? "template" : "text": .string(text)]
    default: throw StoreError(.usage, "give --prompt-column or --prompt")
    }
    members["system"] = system.map(JSON.string)
    members["where"] = condition.map(JSON.string)
    if approved { members["approved"] = .string(reference.dataset.text + ".ratings") }
    if let reuse {
      guard ["never", "same_key"].contains(reuse) else {
        throw StoreError(.usage, "--reuse takes never or same_key")
      }
      members["reuse"] = .string(reuse)
    }
    if let key = try NameList.names(in: key) { members["key"] = JSON(key) }
    if let carry = try NameList.names(in: carry) { members["carry"] = JSON(carry) }
    if let repeats { members["repetitions"] = .integer(Int64(repeats)) }
    if let padTo { members["pad_to"] = JSON.array(try Self.counts(padTo, "--pad-to")) }
    if let concurrencySweep {
      members["loads"] = JSON.array(try Self.counts(concurrencySweep, "--concurrency-sweep"))
    }
    if let seed { members["seed"] = ["base": .integer(Int64(seed))] }
    var params = JSON.Object()
    if let maxTokens { params["max_tokens"] = .integer(Int64(maxTokens)) }
    if let temperature { params["temperature"] = try Self.number(temperature) }
    if !params.isEmpty { members["params"] = .object(params) }
    if !scorer.isEmpty {
      members["scorers"] = .array(
        try scorer.map { (text) throws(StoreError) in
          try ScorerShortForm.json(text, read: ScoreCommand.bytes)
        })
    }
    if allowUnpriced { members["allow_unpriced"] = .bool(true) }
    let limits = try limits()
    if !limits.isEmpty { members["limits"] = .object(limits) }
    return members
  }

  /// Returns true for the reference of a version, `triage-prompt@2`, which no prompt reads like.
  private static func isStored(_ text: String) -> Bool {
    text.contains("@") && (try? Reference(parsing: text)) != nil
  }

  private func limits() throws(StoreError) -> JSON.Object {
    var limits = JSON.Object()
    if let maxUsd {
      limits["max_usd_micros"] = .integer(Int64(try Self.microdollars(maxUsd)))
    }
    let counts: [(String, Int?)] = [
      ("max_calls", maxCalls), ("max_wall_s", maxSeconds),
      ("stop_after_error_percent", stopAfterErrors), ("concurrency", concurrency),
    ]
    for (name, count) in counts { limits[name] = count.map { .integer(Int64($0)) } }
    return limits
  }

  /// The value of `--max-usd` in microdollars.
  static func microdollars(_ text: String) throws(StoreError) -> Int {
    guard let dollars = Double(text), dollars > 0, dollars < 1e6 else {
      throw StoreError(.usage, "--max-usd takes an amount in dollars, such as 5 or 0.25")
    }
    return Int((dollars * 1e6).rounded(.down))
  }

  /// Integers with commas between them; `k` behind one is 1,024.
  private static func counts(_ text: String, _ flag: String) throws(StoreError) -> [JSON] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map {
      (part) throws(StoreError) in
      let isKilo = part.hasSuffix("k")
      guard let count = Int32(isKilo ? part.dropLast() : part), count > 0, count < 1 << 20 else {
        throw StoreError(.usage, "\(flag) takes numbers with commas between them, not '\(part)'")
      }
      return .integer(Int64(count) * (isKilo ? 1_024 : 1))
    }
  }

  private static func number(_ text: String) throws(StoreError) -> JSON {
    guard let json = try? JSON(parsing: Array(text.utf8)) else { throw notNumber }
    switch json {
    case .integer, .number: return json
    default: throw notNumber
    }
  }

  private static var notNumber: StoreError {
    StoreError(.usage, "--temperature takes a number, such as 0 or 0.7")
  }
}
