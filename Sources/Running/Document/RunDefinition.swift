package import Model
package import Providers

/// A run as its document `run/1` describes it: inputs, a prompt, targets, how often, and limits.
package struct RunDefinition: Sendable {
  /// The name of the format.
  package static let schema = "run/1"

  /// The source of the text that is sent for an item.
  package enum Prompt: Sendable {
    /// A column: its text, or its JSON list of messages.
    case column(String)
    case template(PromptTemplate)
    /// A version of a prompt, by its reference, until ``taking(_:)`` has its texts.
    case stored(String)
  }

  /// A target under the name that rows have.
  package struct NamedTarget: Sendable {
    /// Nil for the target's own name.
    package let name: String?
    /// A name of `models`, or `provider:model`.
    package let target: String
    package let params: JSON.Object
  }

  /// The seed that is sent with a call.
  package struct Seed: Sendable {
    package enum Scope: String, Sendable, CaseIterable {
      case run, repetition
      case both = "item+repetition"
    }

    package let base: Int
    package let scope: Scope

    /// Seeds that are drawn from `base`.
    package init(base: Int, scope: Scope) {
      self.base = base
      self.scope = scope
    }
  }

  /// The bounds of a whole run; nil for none.
  package struct Limits: Sendable {
    package var maxMicrodollars: Int?
    package var maxCalls: Int?
    package var maxSeconds: Int?
    /// The share of failed calls, in percent, at which a target gets no more calls.
    package var stopAfterErrorPercent: Int?
    /// The most calls of a provider at a time, below its own limit.
    package var concurrency: Int?
  }

  /// The reference of the inputs.
  package let inputs: String
  /// An expression in SQL of the inputs' columns; nil for all rows.
  package let condition: String?
  /// The reference of the ratings by which items have to be approved; nil for all items.
  package let approved: String?
  /// The columns that identify an item; nil for the key of the inputs.
  package let key: [String]?
  package private(set) var prompt: Prompt
  /// The text of a message before the prompt.
  package private(set) var system: PromptTemplate?
  /// Columns of the inputs that stand beside the outputs.
  package let carry: [String]
  package let targets: [NamedTarget]
  /// Parameters of all calls.
  package let params: JSON.Object
  /// The reference of the providers.
  package let providers: String
  /// The references of prices by their providers; those of the providers' documents without it.
  package let prices: [(provider: String, reference: String)]
  package let repetitions: Int
  /// The tokens up to which each item is also sent with filler before it.
  package let padding: [Int]
  /// The numbers of calls at a time for each of which everything is measured; empty for an ordinary
  /// run.
  package let loads: [Int]
  package let seed: Seed?
  /// False to make every call, whatever is known.
  package let reusesAnswers: Bool
  package let limits: Limits
  /// True to call targets whose costs have no bound, although there is a bound on the sum.
  package let allowsUnpriced: Bool
  /// The dataset of the outputs.
  package let into: String
  /// The version that this run measures again.
  package let again: String?
  /// The scorers of the outputs: objects or texts of docs/scoring.md.
  package let scorers: [JSON]
  /// The configuration of a judge, whose items are outputs or pairs of them and not rows.
  package let judging: JSON.Object?
  /// The document as it was read.
  package let json: JSON
}

extension RunDefinition {
  /// The run with the texts of a stored prompt; its own system message stays.
  package func taking(_ prompt: PromptDocument) -> RunDefinition {
    var run = self
    run.prompt = .template(prompt.text)
    run.system = system ?? prompt.system
    return run
  }

  /// Reads and checks a document.
  /// - Throws: ``DocumentFaults`` with every fault by its JSON Pointer.
  package init(parsing bytes: [UInt8]) throws(DocumentFaults) {
    guard bytes.count <= 4 << 20 else {
      throw DocumentFaults(faults: [DocumentFault(pointer: "", message: "it has more than 4 MiB")])
    }
    try self.init(ProviderSet.json(bytes))
  }

  private static let required = ["schema", "inputs", "prompt", "targets", "into"]
  private static let optional = [
    "where", "key", "system", "carry", "params", "providers", "prices", "repetitions", "seed",
    "approved", "pad_to", "loads", "order", "reuse", "limits", "allow_unpriced", "again", "scorers",
    "judging", "comment",
  ]

  /// Checks a document.
  /// - Throws: As ``init(parsing:)``.
  package init(_ json: JSON) throws(DocumentFaults) {
    var reader = DocumentReader()
    let place = DocumentReader.Place(value: json, pointer: JSONPointer())
    guard
      let members = reader.object(place, required: Self.required, optional: Self.optional)
    else { throw DocumentFaults(faults: reader.faults) }
    _ = reader.choice(members["schema"], [Self.schema])
    _ = reader.text(members["comment"])
    _ = reader.choice(members["order"], ["interleaved"])
    inputs = reader.reference(members["inputs"]) ?? ""
    condition = reader.text(members["where"], atMost: 64 << 10)
    approved = reader.reference(members["approved"])
    key = members["key"].map { reader.texts($0) }
    prompt = members["prompt"].flatMap { reader.prompt($0) } ?? .column("")
    system = members["system"].flatMap { reader.template($0) }
    carry = reader.texts(members["carry"])
    targets = members["targets"].map { reader.targets($0) } ?? []
    params = members["params"].map { reader.parameters($0) } ?? JSON.Object()
    providers = reader.reference(members["providers"]) ?? "providers"
    prices = (members["prices"].map { reader.anyMembers($0) } ?? []).map {
      ($0.name, reader.reference($0.place) ?? "")
    }
    repetitions = reader.integer(members["repetitions"], in: 1...10_000, or: 1)
    padding = reader.counts(members["pad_to"], in: 256...4 << 20)
    loads = reader.counts(members["loads"], in: 1...1_024)
    seed = members["seed"].flatMap { reader.seed($0) }
    reusesAnswers = reader.choice(members["reuse"], ["same_key", "never"]) != "never"
    limits = reader.limits(members["limits"])
    allowsUnpriced = reader.flag(members["allow_unpriced"], or: false)
    into = reader.text(members["into"]) ?? ""
    again = reader.reference(members["again"])
    scorers = reader.list(members["scorers"]).map(\.value)
    judging = members["judging"]?.value.object
    reader.requireDataset(into, at: members["into"])
    reader.refuseKeys(place)
    guard reader.faults.isEmpty else { throw DocumentFaults(faults: reader.faults) }
    self.json = json
  }
}

extension DocumentReader {
  fileprivate mutating func reference(_ place: Place?) -> String? {
    guard let place, let text = text(place) else { return nil }
    if (try? Reference(parsing: text)) == nil {
      note("is no reference of a version, such as prompts@3", at: place)
    }
    return text
  }

  fileprivate mutating func requireDataset(_ text: String, at place: Place?) {
    guard let place, !text.isEmpty else { return }
    do throws(StoreError) {
      _ = try DatasetName(text)
      _ = try DatasetName(text + ".run")
    } catch {
      note("is no name of a dataset: \(error.message)", at: place)
    }
  }

  fileprivate mutating func prompt(_ place: Place) -> RunDefinition.Prompt? {
    guard
      let members = object(place, optional: ["column", "text", "template", "digest"])
    else { return nil }
    digest(members["digest"])
    switch (members["column"], members["text"], members["template"]) {
    case (let column?, nil, nil): return text(column).map { .column($0) }
    case (nil, let text?, nil): return template(text).map { .template($0) }
    case (nil, nil, let template?): return reference(template).map { .stored($0) }
    default:
      note(
        "has to be {\"column\": NAME}, {\"text\": \"a text with {{columns}}\"} or "
          + "{\"template\": \"a-prompt@2\"}", at: place)
      return nil
    }
  }

  /// The digest of a stored prompt, which ``RunDefinition/json`` has after its preparation.
  private mutating func digest(_ place: Place?) {
    guard let place, let text = text(place) else { return }
    if Digest(parsing: text) == nil { note("is no digest, such as sha256:…", at: place) }
  }

  /// A list of targets, or an object of them by the names that rows have.
  fileprivate mutating func targets(_ place: Place) -> [RunDefinition.NamedTarget] {
    var targets: [RunDefinition.NamedTarget] = []
    if case .array = place.value {
      for text in texts(place, atMost: 512) {
        targets.append(.init(name: nil, target: text, params: JSON.Object()))
      }
    } else {
      for (name, member) in anyMembers(place) {
        guard case .object = member.value else {
          if let text = text(member, atMost: 512) {
            targets.append(.init(name: name, target: text, params: JSON.Object()))
          }
          continue
        }
        guard
          let members = object(
            member, required: ["provider", "model"], optional: ["params"]),
          let provider = text(members["provider"]), let model = text(members["model"])
        else { continue }
        targets.append(
          .init(
            name: name, target: provider + ":" + model,
            params: members["params"].map { parameters($0) } ?? JSON.Object()))
      }
    }
    if targets.isEmpty { note("names no target", at: place) }
    var known: Set<DataText> = []
    for target in targets where !known.insert(DataText(target.name ?? target.target)).inserted {
      note("names '\(target.name ?? target.target)' twice", at: place)
    }
    return targets
  }

  /// Parameters of calls; those that each call sets itself are noted.
  fileprivate mutating func parameters(_ place: Place) -> JSON.Object {
    for (name, member) in anyMembers(place)
    where ["model", "messages", "input", "contents", "stream", "stream_options"].contains(name) {
      note("is set by each call itself", at: member)
    }
    return place.value.object ?? JSON.Object()
  }

  /// Integers that grow.
  fileprivate mutating func counts(_ place: Place?, in range: ClosedRange<Int>) -> [Int] {
    guard let place else { return [] }
    let counts = list(place).map { integer($0, in: range, or: range.lowerBound) }
    if counts.isEmpty || zip(counts, counts.dropFirst()).contains(where: { $0 >= $1 }) {
      note("is not a list of integers in which each is more than the one before", at: place)
    }
    return counts
  }

  fileprivate mutating func seed(_ place: Place) -> RunDefinition.Seed? {
    guard let members = object(place, required: ["base"], optional: ["per"]) else { return nil }
    let scopes = RunDefinition.Seed.Scope.allCases
    let scope = choice(members["per"], scopes.map(\.rawValue))
      .flatMap(RunDefinition.Seed.Scope.init)
    return .init(
      base: integer(members["base"], in: 0...Int(Int32.max), or: 0), scope: scope ?? .both)
  }

  fileprivate mutating func limits(_ place: Place?) -> RunDefinition.Limits {
    let names = [
      "max_usd_micros", "max_calls", "max_wall_s", "stop_after_error_percent", "concurrency",
    ]
    var limits = RunDefinition.Limits()
    guard let place, let members = object(place, optional: names) else { return limits }
    func bound(_ reader: inout DocumentReader, _ name: String, _ most: Int) -> Int? {
      members[name].map { reader.integer($0, in: 1...most, or: 1) }
    }
    limits.maxMicrodollars = bound(&self, "max_usd_micros", 1_000_000_000_000)
    limits.maxCalls = bound(&self, "max_calls", 1_000_000_000)
    limits.maxSeconds = bound(&self, "max_wall_s", 100_000_000)
    limits.stopAfterErrorPercent = bound(&self, "stop_after_error_percent", 100)
    limits.concurrency = bound(&self, "concurrency", 10_000)
    return limits
  }
}
