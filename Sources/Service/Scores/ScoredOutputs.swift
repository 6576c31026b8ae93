import Analysis
import Columns
import Model
import Scoring
import Store
import Wire

/// The outputs of a version as scorers read them: columns in memory, and the key of each row.
struct ScoredOutputs {
  let version: Version
  /// The versions that further columns were read from.
  let inputs: [Version]
  let columns: ScoredColumns
  /// The item of each row: its key, or a JSON array of a key of several columns.
  let items: [ScoreRow.Item]
  /// The model of each row; empty texts where no column names models.
  let models: [DataText]
  let attempts: [Int64]
  /// The columns by which rows are identified.
  let identity: OutputKey
  /// Cautions about the items.
  let warnings: [String]

  /// Reads what `measures` need.
  /// - Throws: ``StoreError`` of kind `usage` for columns that are missing.
  init(
    _ version: Version, _ request: ScoreRequest, _ measures: [any Measure],
    in service: LocalStoreService
  ) throws(StoreError) {
    let schema = try service.store.snapshot(version).schema
    let inputs = try service.inputVersions(of: version, request)
    let key = try OutputKey(schema, request, of: version.reference)
    var sources = ColumnSources(version, schema, inputs, areNamed: request.inputs != nil)
    for measure in measures { try sources.add(measure) }
    var read = try sources.read(key, in: service)
    // What cells name is known when they are read.
    let columns = read.columns
    var isMore = false
    for measure in measures {
      let further = measure.furtherColumns(columns.limited(to: measure))
      if sources.add(optional: further) { isMore = true }
    }
    if isMore { read = try sources.read(key, in: service) }
    for measure in measures {
      guard let fault = measure.fault(in: measure.visible(in: read.columns)) else { continue }
      throw StoreError(.usage, "the scorer '\(measure.identity.name)': \(fault)")
    }
    self.version = version
    self.inputs = sources.used
    self.columns = read.columns
    (items, models, attempts) = try key.rows(read.table)
    identity = key
    warnings =
      read.notes
      + (key.attempt == nil
        ? AttemptColumn.suspected(in: read.table, items: key.items, besides: key.model).map(\.text)
        : [])
  }
}

extension ScoredOutputs {
  /// The key of the score `scorer` of a row.
  func key(of row: Int, scorer: DataText) -> ScoreRow.Key {
    ScoreRow.Key(
      item: items[row], model: models[row], attempt: attempts[row], scorer: scorer)
  }
}

/// The columns by which an output is identified.
struct OutputKey: Sendable, Hashable {
  let items: [String]
  let model: String?
  /// The columns that together number the attempts at an item.
  let attempts: [String]

  /// The columns that number attempts, as a list of names; nil without any.
  var attempt: String? { attempts.isEmpty ? nil : NameList.text(attempts) }

  var columns: [String] { items + (model.map { [$0] } ?? []) + attempts }

  /// The attributes by which a version of scores records these columns.
  static let itemAttribute = "scores.item"
  static let modelAttribute = "scores.model"
  static let attemptAttribute = "scores.attempt"

  /// These columns.
  init(items: [String], model: String?, attempts: [String]) {
    self.items = items
    self.model = model
    self.attempts = attempts
  }

  /// The columns of a version: those that a request names, else those of its key.
  init(
    _ schema: Schema, _ request: ScoreRequest, of reference: String
  ) throws(StoreError) {
    let names = schema.columns.map(\.name)
    for name in [request.by, request.repeats].compactMap({ $0 }) where !names.hasText(name) {
      throw StoreError(
        .usage, "\(reference) has no column '\(name)'; \(Spelling.advice(name, names))")
    }
    let model = request.by ?? names.first { $0.hasBytes(of: "model") }
    let others = schema.key.filter { !$0.hasBytes(of: model ?? "") }
    var attempts = request.repeats.map { [$0] } ?? []
    if request.repeats == nil {
      let possible = others.filter { AttemptColumn.isPossible(in: ["", $0]) }
      // Something has to be left that is an item.
      attempts = possible.count < others.count ? possible : Array(possible.dropLast())
    }
    self.model = model
    self.attempts = attempts
    items = others.filter { !attempts.hasText($0) }
    guard !items.isEmpty else {
      throw StoreError(
        .usage,
        "nothing identifies the items of \(reference): push it with --key item, or "
          + "--key item,model,attempt where items have several outputs")
    }
  }

  /// The parts of each row's key.
  /// - Throws: ``StoreError`` of kind `usage` when two rows have the same.
  func rows(
    _ table: ColumnTable
  ) throws(StoreError) -> (items: [ScoreRow.Item], models: [DataText], attempts: [Int64]) {
    let items = try Self.keys(of: items, in: table).map { ScoreRow.Item($0) }
    var models = [DataText](repeating: "", count: table.count)
    if let model { models = try table.labels(model).map { DataText($0?.name ?? "") } }
    let attempts = try numbers(in: table)
    var known: Set<ScoreRow.Key> = []
    for row in 0..<table.count {
      let key = ScoreRow.Key(
        item: items[row], model: models[row], attempt: attempts[row], scorer: "")
      guard known.insert(key).inserted else {
        throw StoreError(
          .usage,
          "\(table.name) has several outputs of one model for an item: name the column that numbers "
            + "the attempts with --repeat, and that of the models with --by")
      }
    }
    return (items, models, attempts)
  }

  /// The number of each row's attempt: that of the one column, or the place among all numbers of
  /// several columns, from 1 on.
  private func numbers(in table: ColumnTable) throws(StoreError) -> [Int64] {
    var tuples = [[Int64]](repeating: [], count: table.count)
    for column in attempts {
      for (row, label) in try table.labels(column).enumerated() {
        guard let number = label.flatMap({ Int64($0.text.string) }) else {
          throw StoreError(
            .usage,
            "the column '\(column)' of \(table.name) numbers attempts, and holds no integer in row "
              + "\(row + 1)")
        }
        tuples[row].append(number)
      }
    }
    guard attempts.count > 1 else { return tuples.map { $0.first ?? 1 } }
    var places: [[Int64]: Int64] = [:]
    for tuple in Set(tuples).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      places[tuple] = Int64(places.count + 1)
    }
    return tuples.map { places[$0] ?? 1 }
  }

  /// The key of each row, by the rule for keys: the text 1 is not the number 1.
  static func keys(
    of columns: [String], in table: ColumnTable
  ) throws(StoreError) -> [ItemKey] {
    var labels: [[ValueLabel?]] = []
    for column in columns { labels.append(try table.labels(column)) }
    return (0..<table.count).map { row in ItemKey(labels.map { $0[row] ?? .null }) }
  }

  /// The text of each row's key: that of one column, or a JSON array of several.
  static func texts(
    of columns: [String], in table: ColumnTable
  ) throws(StoreError) -> [DataText] {
    var texts: [[String]] = []
    for column in columns { texts.append(try table.labels(column).map { $0?.name ?? "null" }) }
    guard texts.count > 1 else { return texts[0].map { DataText($0) } }
    return (0..<table.count).map { row in DataText(JSON(texts.map { $0[row] }).text) }
  }
}

extension ScoreRow.Item {
  /// The item with a value.
  init(_ label: ValueLabel) {
    switch label.kind {
    case .text: self.init(label.text)
    case .timestamp:
      // A moment is kept as a text, which JSON has for it.
      self.init(DataText(label.text.string.filter { $0 != "\"" }))
    case .null, .bool, .number, .nested:
      self.init(label.text, isText: !ScoreRow.Item.isJSON(label.text))
    }
  }

  /// The item with a key: its value, or a JSON array of the values of several columns.
  init(_ key: ItemKey) {
    if key.parts.count == 1 {
      self = key.parts[0] == .null ? "null" : ScoreRow.Item(key.parts[0])
    } else {
      self.init(DataText(JSON.array(key.parts.map { ScoreRow.Item($0).json }).text))
    }
  }

  /// Returns false for the bytes of a vector.
  private static func isJSON(_ text: DataText) -> Bool {
    (try? JSON(parsing: Array(text.string.utf8), depth: 64, keepingDuplicates: true)) != nil
  }
}

extension ScoredColumns.Column {
  /// A column of a table.
  init(_ table: ColumnTable, _ name: String) throws(StoreError) {
    self.init(try table.texts(name), isText: table.type(of: name) == .string)
  }
}
