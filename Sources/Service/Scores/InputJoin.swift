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
///
/// Reference answers come from the inputs that a request names. Where nothing is named and several
/// versions have a column that an output is judged by, they have to agree.
struct ColumnSources {
  /// A column, and the versions that have it: nil for the outputs, else the place of the inputs.
  private struct Wanted {
    let name: String
    let isReference: Bool
    /// The first one is read; the others have to agree with it.
    let places: [Int?]
    /// True when the outputs have it too, and the inputs were named: theirs count.
    let isOverridden: Bool
  }

  private let version: Version
  private let names: [String]
  private let inputs: [InputVersion]
  /// True when the request names the inputs.
  private let areNamed: Bool
  private var wanted: [Wanted] = []

  init(_ version: Version, _ schema: Schema, _ inputs: [InputVersion], areNamed: Bool) {
    self.version = version
    names = schema.columns.map(\.name)
    self.inputs = inputs
    self.areNamed = areNamed
    // It says why an output is missing.
    if names.hasText(ScoredItem.errorColumn) { add(ScoredItem.errorColumn) }
  }

  /// Adds the columns that a scorer reads.
  /// - Throws: ``StoreError`` of kind `usage` when one is missing.
  mutating func add(_ scorer: any Measure) throws(StoreError) {
    let columns = scorer.joined
    for name in columns.required where !add(name, in: columns) {
      let all = names + inputs.flatMap { $0.schema.columns.map(\.name) }
      throw StoreError(
        .usage,
        "the scorer '\(scorer.identity.name)' reads the column '\(name)', which \(places) not have; "
          + Spelling.advice(name, all))
    }
    add(optional: columns)
    let found = columns.oneOf.count { add($0, in: columns) }
    guard found > 0 || columns.oneOf.isEmpty else {
      throw StoreError(
        .usage,
        "the scorer '\(scorer.identity.name)' reads one of the columns "
          + "\(columns.oneOf.joined(separator: ", ")), and \(places) have none of them")
    }
  }

  /// Adds columns as far as they exist; returns true when one is new.
  @discardableResult
  mutating func add(optional columns: ScorerColumns) -> Bool {
    let count = wanted.count
    for name in columns.optional { add(name, in: columns) }
    return wanted.count > count
  }

  private var places: String {
    let inputs = inputs.map(\.version.reference)
    return inputs.isEmpty
      ? "\(version.reference) does"
      : "\(version.reference) and its inputs \(inputs.joined(separator: ", ")) do"
  }

  /// Adds a column; false when neither the outputs nor the inputs have it.
  @discardableResult
  private mutating func add(_ name: String, in columns: ScorerColumns? = nil) -> Bool {
    let isReference = columns?.references.hasText(name) ?? false
    if wanted.contains(where: {
      $0.isReference == isReference && $0.name.hasBytes(of: name)
    }) {
      return true
    }
    let theirs = inputs.indices.filter { inputs[$0].schema.columns.position(of: name) != nil }
    var places: [Int?] = theirs
    if names.hasText(name) {
      if !isReference {
        places = [nil]
      } else if theirs.isEmpty || !areNamed {
        places.insert(nil, at: 0)
      }
    }
    guard !places.isEmpty else { return false }
    let isOverridden = isReference && places[0] != nil && names.hasText(name)
    wanted.append(
      Wanted(
        name: name, isReference: isReference, places: places, isOverridden: isOverridden))
    return true
  }
}

extension ColumnSources {
  /// The versions of inputs that columns are read from.
  var used: [Version] {
    inputs.indices.filter { place in wanted.contains { $0.places[0] == place } }
      .map { inputs[$0].version }
  }

  /// The columns that are read of the outputs, or of inputs.
  private func columns(of place: Int?) -> [String] {
    var names: [String] = []
    for column in wanted where !names.hasText(column.name) {
      let isRead = column.places.contains(place) || (place == nil && column.isOverridden)
      if isRead { names.append(column.name) }
    }
    return names
  }

  /// Reads the columns, with those that identify rows.
  func read(
    _ key: OutputKey, in service: LocalStoreService
  ) throws(StoreError) -> (table: ColumnTable, columns: ScoredColumns, notes: [String]) {
    var names = key.columns
    for name in columns(of: nil) where !names.hasText(name) { names.append(name) }
    for input in inputs {
      for name in input.schema.key where self.names.hasText(name) && !names.hasText(name) {
        names.append(name)
      }
    }
    let table = try service.table(version.pinned, columns: names).table
    var joined: [Int: (cells: ColumnTable, rows: [Int?])] = [:]
    for (place, input) in inputs.enumerated() {
      let names = columns(of: place)
      guard !names.isEmpty else { continue }
      let join = try InputJoin(input, to: table, key, byNames: version.isMadeByRun)
      let all = join.columns + names.filter { !join.columns.hasText($0) }
      let cells = try service.table(input.version.pinned, columns: all).table
      joined[place] = (cells, try join.places(in: cells, of: table))
    }
    var own: [DataText: ScoredColumns.Column] = [:]
    var references: [DataText: ScoredColumns.Column] = [:]
    var notes: [String] = []
    for column in wanted {
      try requireAgreement(column, table, joined)
      if let note = try override(column, table, joined) { notes.append(note) }
      let read: ScoredColumns.Column
      if let place = column.places[0], let (cells, rows) = joined[place] {
        read = try ScoredColumns.Column(cells, column.name).selecting(rows)
      } else {
        read = try ScoredColumns.Column(table, column.name)
      }
      if column.isReference {
        references[column.name] = read
      } else {
        own[column.name] = read
      }
    }
    return (table, ScoredColumns(count: table.count, own, references: references), notes)
  }

  /// A note on reference answers of the outputs in whose place those of the inputs count; nil where
  /// they say the same.
  private func override(
    _ column: Wanted, _ table: ColumnTable, _ joined: [Int: (cells: ColumnTable, rows: [Int?])]
  ) throws(StoreError) -> String? {
    guard column.isOverridden, let place = column.places[0], let (cells, rows) = joined[place]
    else { return nil }
    let theirs = try cells.labels(column.name)
    let own = try table.labels(column.name)
    let count = zip(rows, own).count { row, label in row.flatMap { theirs[$0] } != label }
    guard count > 0 else { return nil }
    return
      "the column '\(column.name)' of \(version.reference) says other things of \(count) outputs than "
      + "that of \(inputs[place].version.reference), which counts"
  }

  /// Throws unless all versions that have a column say the same of each output.
  private func requireAgreement(
    _ column: Wanted, _ table: ColumnTable, _ joined: [Int: (cells: ColumnTable, rows: [Int?])]
  ) throws(StoreError) {
    guard column.places.count > 1 else { return }
    var first: [ValueLabel?]?
    for place in column.places {
      let labels: [ValueLabel?]
      if let place, let (cells, rows) = joined[place] {
        let all = try cells.labels(column.name)
        labels = rows.map { row in row.flatMap { all[$0] } }
      } else {
        labels = try table.labels(column.name)
      }
      guard let known = first else {
        first = labels
        continue
      }
      let count = zip(known, labels).count { $0 != $1 }
      if count == 0 { continue }
      let names = column.places.map { $0.map { inputs[$0].version.reference } ?? version.reference }
      throw StoreError(
        .usage,
        "the column '\(column.name)' of \(names.joined(separator: " and ")) says other things of "
          + "\(count) outputs: name the version whose answers count, such as --inputs "
          + "\(names[names.count - 1])")
    }
  }
}

/// The join of inputs to outputs by their items.
struct InputJoin {
  /// The columns of the inputs that identify an item.
  let columns: [String]
  /// Those of the outputs, one for each.
  private let own: [String]
  /// True for outputs that name items by texts, whatever the key's values are.
  private let byNames: Bool
  /// The version of the inputs.
  private let name: String

  /// The join by the inputs' key: by columns of the same names, else in the order of the outputs'
  /// own items.
  /// - Parameter byNames: True for outputs of a run, whose items are texts.
  init(
    _ input: InputVersion, to table: ColumnTable, _ identity: OutputKey, byNames: Bool
  ) throws(StoreError) {
    let key = input.schema.key
    self.byNames = byNames
    name = input.version.reference
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
    if byNames, own.count == 1, let column = own.first, outputs.type(of: column) == .string {
      let places = Self.rows(try OutputKey.texts(of: columns, in: inputs))
      return try OutputKey.texts(of: own, in: outputs).map { places[$0] }
    }
    let places = Self.rows(try OutputKey.keys(of: columns, in: inputs))
    let found = try OutputKey.keys(of: own, in: outputs).map { places[$0] }
    if !found.isEmpty, inputs.count > 0, !found.contains(where: { $0 != nil }) {
      let names = Self.rows(try OutputKey.texts(of: columns, in: inputs))
      if try OutputKey.texts(of: own, in: outputs).contains(where: { names[$0] != nil }) {
        throw StoreError(
          .usage,
          "no item of \(outputs.name) is one of \(name): their keys read alike, and are texts in one "
            + "and numbers in the other; push one of them with the other's type (--types)")
      }
    }
    return found
  }

  private static func rows<Key: Hashable>(_ keys: [Key]) -> [Key: Int] {
    var rows: [Key: Int] = [:]
    for (row, key) in keys.enumerated() { rows[key] = row }
    return rows
  }
}

extension Version {
  /// True for outputs that a run made, whose items are the texts of its inputs' keys.
  fileprivate var isMadeByRun: Bool {
    record.attributes[LocalStoreService.RunAttribute.document] != nil
  }
}
