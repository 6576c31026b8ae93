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
  /// The item of each row: the text of its key, or a JSON array of several texts.
  let items: [DataText]
  /// The model of each row; empty texts where no column names models.
  let models: [DataText]
  let attempts: [Int64]
  /// The columns by which rows are identified.
  let identity: OutputKey

  /// Reads what `measures` need.
  /// - Throws: ``StoreError`` of kind `usage` for columns that are missing.
  init(
    _ version: Version, _ request: ScoreRequest, _ measures: [any Measure],
    in service: LocalStoreService
  ) throws(StoreError) {
    let schema = try service.store.snapshot(version).schema
    let inputs = try service.inputVersions(of: version, request)
    let key = try OutputKey(schema, request, of: version.reference)
    var sources = ColumnSources(version, schema, inputs)
    for measure in measures { try sources.add(measure) }
    var read = try sources.read(key, in: service)
    // What cells name is known when they are read.
    let columns = read.columns
    let further = measures.flatMap { $0.furtherColumns(columns) }
    if further.count(where: { sources.add($0) }) > 0 { read = try sources.read(key, in: service) }
    self.version = version
    self.inputs = sources.used
    self.columns = read.columns
    (items, models, attempts) = try key.rows(read.table)
    identity = key
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
  let attempt: String?

  var columns: [String] { items + [model, attempt].compactMap { $0 } }

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
    let attempt =
      request.repeats
      ?? (others.count > 1 ? others.first { AttemptColumn.isPossible(in: ["", $0]) } : nil)
    self.model = model
    self.attempt = attempt
    items = others.filter { !$0.hasBytes(of: attempt ?? "") }
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
  ) throws(StoreError) -> (items: [DataText], models: [DataText], attempts: [Int64]) {
    let items = try Self.texts(of: items, in: table)
    var models = [DataText](repeating: "", count: table.count)
    if let model { models = try table.labels(model).map { DataText($0?.name ?? "") } }
    var attempts = [Int64](repeating: 1, count: table.count)
    if let attempt {
      let labels = try table.labels(attempt)
      for row in 0..<table.count {
        guard let number = labels[row].flatMap({ Int64($0.text.string) }) else {
          throw StoreError(
            .usage,
            "the column '\(attempt)' of \(table.name) numbers attempts, and holds no integer in row "
              + "\(row + 1)")
        }
        attempts[row] = number
      }
    }
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

extension ScoredColumns.Column {
  /// A column of a table.
  init(_ table: ColumnTable, _ name: String) throws(StoreError) {
    self.init(try table.texts(name), isText: table.type(of: name) == .string)
  }
}
