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
  /// The ratings by which its items have to be approved; nil for all items.
  let ratings: Version?
  /// The versions that it is made of: inputs, providers, prices, a prompt, ratings.
  var sources: [Version]
  let into: DatasetName
  /// The dataset that keeps the documents of runs into ``into``.
  let documents: DatasetName
  var notes: [String]
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
    var run = try resolved(given)
    try requireScorers(of: run)
    let definition = run.definition
    let table = try inputTable(run)
    let all = try OutputKey.texts(of: run.key, in: table).map(\.string)
    let rows = try approvedRows(all, &run)
    let items = try definition.items(
      RunInputs(
        items: rows.map { all[$0] },
        columns: try definition.promptColumns.map { (name) throws(StoreError) in
          let cells = try table.texts(name)
          return RunInputs.Column(
            name: name, isText: table.type(of: name) == .string, cells: rows.map { cells[$0] })
        }))
    guard !items.isEmpty else {
      throw StoreError(
        .usage, "there is no item to send: \(run.inputs.reference) has none, or 'where'")
    }
    return PreparedRun(
      run, items: items,
      carried: try definition.carry.map { (name) throws(StoreError) in
        try Self.carried(name, table, rows)
      })
  }

  /// The rows of a run's items that are approved, where they have to be; the run notes how many.
  private func approvedRows(
    _ items: [String], _ run: inout ResolvedRun
  ) throws(StoreError) -> [Int] {
    guard let ratings = run.ratings else { return Array(items.indices) }
    let rows = try approvedRows(items, of: run.inputs, key: run.key, by: ratings)
    if rows.count < items.count {
      run.notes.append(
        "\(rows.count) of \(items.count) items are approved by \(ratings.reference); the others are "
          + "left out")
    }
    return rows
  }

  /// Resolves the references of a run.
  func resolved(_ given: RunDefinition) throws(StoreError) -> ResolvedRun {
    let (providers, set) = try providerSet(given.providers)
    let inputs = try seen(given.inputs)
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
    let ratings = try given.approved.map { (text) throws(StoreError) in
      try seen(text)
    }
    var definition = try Self.definition(
      Self.pinned(
        given, inputs, providers, key, priceVersions, stored, ratings,
        try pinned(given.scorers) { set }))
    if let stored { definition = definition.taking(stored.prompt) }
    return ResolvedRun(
      definition: definition, targets: targets, prices: prices, inputs: inputs, schema: schema,
      key: key, providers: providers, set: set, prompt: stored?.version, ratings: ratings,
      sources: [inputs, providers] + priceVersions.map(\.version)
        + [stored?.version, ratings].compactMap { $0 },
      into: try DatasetName(definition.into),
      documents: try DatasetName(definition.into + ".run"),
      notes: notes + Self.promptNotes(definition, schema.columns.map(\.name), key: key))
  }

  /// Notes on a prompt that is the same for each item, and on columns in single braces.
  private static func promptNotes(
    _ definition: RunDefinition, _ columns: [String], key: [String]
  ) -> [String] {
    guard case .template(let template) = definition.prompt else { return [] }
    let single = template.singleBraced(of: columns)
    guard definition.promptColumns.isEmpty else {
      return single.map {
        "the prompt has {\($0)}, which is sent as it is; did you mean {{\($0)}}?"
      }
    }
    let usual = ["question", "prompt", "text", "input", "instruction", "message"]
    let guess =
      single.first ?? usual.first { columns.hasText($0) }
      ?? columns.first { !key.hasText($0) } ?? columns.first ?? "column"
    return [
      "the prompt uses no column, so that it is the same for each item; did you mean {{\(guess)}}?"
    ]
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
    _ prompt: (version: Version, prompt: PromptDocument)?, _ ratings: Version?, _ scorers: [JSON]
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
    members["approved"] = ratings.map { .string($0.reference) }
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
    _ name: String, _ table: ColumnTable, _ rows: [Int]
  ) throws(StoreError) -> CarriedColumn {
    guard RunColumns.types(hasMessages: false)[name] == nil else {
      throw StoreError(
        .usage,
        "the column '\(name)' cannot be carried: a run's own column has that name; rename it in the "
          + "inputs")
    }
    let cells = try table.json(name)
    return CarriedColumn(
      name: name, type: table.type(of: name) ?? .json, cells: rows.map { cells[$0] })
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
