import Analysis
import Columns
import Model
import Scoring
import Store
import Wire

/// A version of inputs, with its schema.
struct InputVersion {
  let version: Version
  let schema: Schema
}

extension LocalStoreService {
  /// The versions whose columns stand beside those of outputs: the one that a request names, else
  /// those of kind inputs in the lineage that the caller may see.
  func inputVersions(
    of version: Version, _ request: ScoreRequest
  ) throws(StoreError) -> [InputVersion] {
    var inputs: [InputVersion] = []
    if let text = request.inputs {
      let version = try store.resolve(try Reference(parsing: text))
      inputs.append(InputVersion(version: version, schema: try store.snapshot(version).schema))
      return inputs
    }
    for source in version.record.lineage where sees(source.dataset) {
      let reference = Reference(dataset: source.dataset, selector: .number(source.number))
      let version = try store.resolve(reference)
      guard version.record.kind == .inputs else { continue }
      inputs.append(InputVersion(version: version, schema: try store.snapshot(version).schema))
    }
    return inputs
  }
}

/// The sources of the columns that scorers read: the outputs, else the first inputs that have them.
struct ColumnSources {
  private let version: Version
  private let names: [String]
  private let inputs: [InputVersion]
  /// The columns of the outputs.
  private(set) var own: [String] = []
  /// The columns of each version of inputs.
  private(set) var foreign: [[String]]

  init(_ version: Version, _ schema: Schema, _ inputs: [InputVersion]) {
    self.version = version
    names = schema.columns.map(\.name)
    self.inputs = inputs
    foreign = inputs.map { _ in [] }
    // It says why an output is missing.
    if names.hasText(ScoredItem.errorColumn) { own.append(ScoredItem.errorColumn) }
  }

  /// Adds the columns that a scorer reads.
  /// - Throws: ``StoreError`` of kind `usage` when one is missing.
  mutating func add(_ scorer: any Measure) throws(StoreError) {
    let columns = scorer.columns
    for name in columns.required where !add(name) {
      let all = names + inputs.flatMap { $0.schema.columns.map(\.name) }
      throw StoreError(
        .usage,
        "the scorer '\(scorer.identity.name)' reads the column '\(name)', which \(places) not have; "
          + Spelling.advice(name, all))
    }
    let found = columns.optional.count { add($0) }
    guard found > 0 || !columns.needsOne else {
      throw StoreError(
        .usage,
        "the scorer '\(scorer.identity.name)' reads one of the columns "
          + "\(columns.optional.joined(separator: ", ")), and \(places) have none of them")
    }
  }

  private var places: String {
    let inputs = inputs.map(\.version.reference)
    return inputs.isEmpty
      ? "\(version.reference) does"
      : "\(version.reference) and its inputs \(inputs.joined(separator: ", ")) do"
  }

  /// Adds a column; false when neither the outputs nor the inputs have it.
  mutating func add(_ name: String) -> Bool {
    if names.hasText(name) {
      if !own.hasText(name) { own.append(name) }
      return true
    }
    guard
      let index = inputs.firstIndex(where: { $0.schema.columns.position(of: name) != nil })
    else { return false }
    if !foreign[index].hasText(name) { foreign[index].append(name) }
    return true
  }
}

extension ColumnSources {
  /// The versions of inputs that columns are read from.
  var used: [Version] { zip(inputs, foreign).filter { !$1.isEmpty }.map(\.0.version) }

  /// Reads the columns, with those that identify rows.
  func read(
    _ key: OutputKey, in service: LocalStoreService
  ) throws(StoreError) -> (table: ColumnTable, columns: ScoredColumns) {
    var names = key.columns
    for name in own where !names.hasText(name) { names.append(name) }
    for input in inputs {
      for name in input.schema.key where self.names.hasText(name) && !names.hasText(name) {
        names.append(name)
      }
    }
    let table = try service.table(version.pinned, columns: names).table
    var columns: [DataText: ScoredColumns.Column] = [:]
    for name in own { columns[name] = try ScoredColumns.Column(table, name) }
    for (input, names) in zip(inputs, foreign) where !names.isEmpty {
      let join = try InputJoin(input, to: table, key)
      let all = join.columns + names.filter { !join.columns.hasText($0) }
      let cells = try service.table(input.version.pinned, columns: all).table
      let places = try join.places(in: cells, of: table)
      for name in names {
        columns[name] = try ScoredColumns.Column(cells, name).selecting(places)
      }
    }
    return (table, ScoredColumns(count: table.count, columns))
  }
}

/// The join of inputs to outputs by their items.
struct InputJoin {
  /// The columns of the inputs that identify an item.
  let columns: [String]
  /// Those of the outputs, one for each.
  private let own: [String]

  /// The join by the inputs' key: by columns of the same names, else in the order of the outputs'
  /// own items.
  init(
    _ input: InputVersion, to table: ColumnTable, _ identity: OutputKey
  ) throws(StoreError) {
    let key = input.schema.key
    columns = key
    if !key.isEmpty, key.allSatisfy({ table.has($0) }) {
      own = key
    } else if key.count == identity.items.count {
      own = identity.items
    } else {
      throw StoreError(
        .usage,
        "the items of \(input.version.reference) (\(NameList.text(key))) are not those of "
          + "\(table.name) (\(NameList.text(identity.items))): their columns cannot be joined")
    }
  }

  /// The row of the inputs for each row of the outputs; nil where there is none.
  func places(
    in inputs: ColumnTable, of outputs: ColumnTable
  ) throws(StoreError) -> [Int?] {
    var places: [DataText: Int] = [:]
    for (row, item) in try OutputKey.texts(of: columns, in: inputs).enumerated() {
      places[item] = row
    }
    return try OutputKey.texts(of: own, in: outputs).map { places[$0] }
  }
}
