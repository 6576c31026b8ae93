import Analysis
import Columns
import Model
import Providers
import Running
import Store

/// A run whose references are versions.
struct ResolvedRun {
  /// The document with versions in the places of references.
  var definition: RunDefinition
  let targets: [Target]
  let prices: RunPrices
  let inputs: Version
  let schema: Schema
  /// The columns that identify an item.
  let key: [String]
  let providers: Version
  let set: ProviderSet
  /// Nil for a prompt that only the document has.
  let prompt: Version?
  /// The versions that it is made of: inputs, providers, prices, a prompt.
  var sources: [Version]
  let into: DatasetName
  /// The dataset that keeps the documents of runs into ``into``.
  let documents: DatasetName
  let notes: [String]
}

/// A run whose references are versions and whose calls are known.
struct PreparedRun {
  private let run: ResolvedRun
  let plan: RunPlan
  /// True when inputs are lists of messages.
  let hasMessages: Bool
  /// The columns of the inputs that stand beside the outputs.
  let carried: [CarriedColumn]

  /// The calls of a run for these items.
  init(_ run: ResolvedRun, items: [RunItem], carried: [CarriedColumn] = []) {
    self.run = run
    plan = RunPlan(run.definition, run.targets, items, run.prices)
    hasMessages = items.contains { if case .array = $0.input { true } else { false } }
    self.carried = carried
  }

  var definition: RunDefinition { run.definition }
  var prices: RunPrices { run.prices }
  var inputs: Version { run.inputs }
  var providers: Version { run.providers }
  var prompt: Version? { run.prompt }
  var sources: [Version] { run.sources }
  var into: DatasetName { run.into }
  var documents: DatasetName { run.documents }
  var notes: [String] { run.notes }
}

/// A column of the inputs beside the outputs.
struct CarriedColumn {
  let name: String
  let type: ColumnType
  /// The cell of each item.
  let cells: [JSON]
}

extension LocalStoreService {
  /// Resolves the references of a run and plans its calls.
  /// - Throws: ``StoreError``: `invalid` for a faulty document, `missing` for versions and targets
  ///   that are not there, `usage` for columns and items that cannot be sent.
  func prepare(_ document: JSON) throws(StoreError) -> PreparedRun {
    let given = try Self.definition(document)
    guard given.judging == nil else { return try judgeRun(given).prepared }
    let run = try resolved(given)
    try requireScorers(of: run)
    let definition = run.definition
    let table = try inputTable(run)
    let items = try definition.items(
      RunInputs(
        items: try OutputKey.texts(of: run.key, in: table).map(\.string),
        columns: try definition.promptColumns.map { (name) throws(StoreError) in
          RunInputs.Column(
            name: name, isText: table.type(of: name) == .string, cells: try table.texts(name))
        }))
    guard !items.isEmpty else {
      throw StoreError(
        .usage, "there is no item to send: \(run.inputs.reference) has none, or 'where'")
    }
    return PreparedRun(
      run, items: items,
      carried: try definition.carry.map { (name) throws(StoreError) in
        try Self.carried(name, table)
      })
  }

  /// Resolves the references of a run.
  func resolved(_ given: RunDefinition) throws(StoreError) -> ResolvedRun {
    let (providers, set) = try providerSet(given.providers)
    let inputs = try store.resolve(try Reference(parsing: given.inputs))
    let targets = try given.targets.map { (named) throws(StoreError) in
      try Self.target(named, in: set)
    }
    let (prices, priceVersions, notes) = try runPrices(given, targets)
    let schema = try store.snapshot(inputs).schema
    let key = given.key ?? schema.key
    guard !key.isEmpty else {
      throw StoreError(
        .usage,
        "nothing identifies the items of \(inputs.reference): push it with --key item, or name the "
          + "columns in 'key'")
    }
    let stored = try storedPrompt(of: given)
    var definition = try Self.definition(
      Self.pinned(
        given, inputs, providers, key, priceVersions, stored, try pinned(given.scorers) { set }))
    if let stored { definition = definition.taking(stored.prompt) }
    return ResolvedRun(
      definition: definition, targets: targets, prices: prices, inputs: inputs, schema: schema,
      key: key, providers: providers, set: set, prompt: stored?.version,
      sources: [inputs, providers] + priceVersions.map(\.version)
        + [stored?.version].compactMap { $0 },
      into: try DatasetName(definition.into),
      documents: try DatasetName(definition.into + ".run"), notes: notes)
  }

  static func definition(_ json: JSON) throws(StoreError) -> RunDefinition {
    do throws(DocumentFaults) {
      return try RunDefinition(json)
    } catch {
      let count = error.faults.count
      var failure = StoreError(
        .invalid, "the run has \(count) fault\(count == 1 ? "" : "s"):\n\(error)")
      failure.detail = .faults
      throw failure
    }
  }

  private static func target(
    _ named: RunDefinition.NamedTarget, in set: ProviderSet
  ) throws(StoreError) -> Target {
    let target = try set.target(named.target)
    return Target(target, name: named.name ?? target.name, params: named.params)
  }

  /// The document with versions in the places of references.
  private static func pinned(
    _ given: RunDefinition, _ inputs: Version, _ providers: Version, _ key: [String],
    _ prices: [(provider: String, version: Version)],
    _ prompt: (version: Version, prompt: PromptDocument)?, _ scorers: [JSON]
  ) -> JSON {
    var members = given.json.object ?? JSON.Object()
    if !scorers.isEmpty { members["scorers"] = .array(scorers) }
    members["inputs"] = .string(inputs.reference)
    members["providers"] = .string(providers.reference)
    members["key"] = JSON(key)
    if let prompt {
      members["prompt"] = [
        "template": .string(prompt.version.reference),
        "digest": .string(prompt.prompt.digest.description),
      ]
    }
    members["prices"] =
      prices.isEmpty
      ? nil : .object(JSON.Object(prices.map { ($0.provider, .string($0.version.reference)) }))
    return .object(members)
  }

  /// The version of a run's prompt; nil for a prompt that only the document has.
  /// - Throws: ``StoreError`` of kind `invalid` when its digest is not the document's.
  private func storedPrompt(
    of definition: RunDefinition
  ) throws(StoreError) -> (version: Version, prompt: PromptDocument)? {
    guard case .stored(let reference) = definition.prompt else { return nil }
    let found = try prompt(reference)
    if let stated = definition.json.object?["prompt"]?.object?["digest"]?.string,
      found.prompt.digest != Digest(parsing: stated)
    {
      throw StoreError(
        .invalid,
        "\(found.version.reference) is not the prompt of the document, whose digest is \(stated): leave "
          + "'digest' out to take what this store has")
    }
    return found
  }

  /// The prices of the providers of targets.
  private func runPrices(
    _ definition: RunDefinition, _ targets: [Target]
  ) throws(StoreError) -> (
    prices: RunPrices, versions: [(provider: String, version: Version)], notes: [String]
  ) {
    var tables: [DataText: (reference: String, table: PriceTable)] = [:]
    var versions: [(provider: String, version: Version)] = []
    var notes: [String] = []
    for target in targets where tables[target.provider.name] == nil {
      let name = target.provider.name
      let stated = definition.prices.first { $0.provider.hasBytes(of: name) }?.reference
      guard let reference = stated ?? target.provider.prices else { continue }
      let (version, table, remarks) = try priceTable(reference)
      tables[DataText(name)] = (version.reference, table)
      versions.append((name, version))
      notes += remarks
    }
    return (RunPrices(tables, at: store.clock()), versions, notes)
  }

  private func inputTable(_ run: ResolvedRun) throws(StoreError) -> ColumnTable {
    var names: [String] = []
    for name in run.key + run.definition.promptColumns + run.definition.carry
    where !names.hasText(name) {
      guard run.schema.columns.position(of: name) != nil else {
        throw StoreError(
          .usage,
          "\(run.inputs.reference) has no column '\(name)'; "
            + Spelling.advice(name, run.schema.columns.map(\.name)))
      }
      names.append(name)
    }
    return try table(run.inputs.pinned, columns: names, where: run.definition.condition).table
  }

  private static func carried(
    _ name: String, _ table: ColumnTable
  ) throws(StoreError) -> CarriedColumn {
    guard RunColumns.types(hasMessages: false)[name] == nil else {
      throw StoreError(
        .usage,
        "the column '\(name)' cannot be carried: a run's own column has that name; rename it in the "
          + "inputs")
    }
    return CarriedColumn(
      name: name, type: table.type(of: name) ?? .json, cells: try table.json(name))
  }
}

extension ColumnTable {
  /// A column as JSON.
  func json(_ name: String) throws(StoreError) -> [JSON] {
    let isText = type(of: name) == .string
    return try texts(name).map { text in
      guard let text else { return .null }
      if isText { return .string(text) }
      return (try? JSON(parsing: Array(text.utf8))) ?? .verbatim(Array(text.utf8))
    }
  }
}
