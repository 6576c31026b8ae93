import Model
import Wire

/// The items of a table with the rows of each model.
struct ModelItems {
  /// In the order of their names.
  let models: [String]
  /// The items that all models have and were asked the same of.
  let keys: [ItemKey]
  /// For each model, its rows of those.
  let rows: [DataText: [[Int]]]
  /// All items, and for each model its rows of them, of which there may be none.
  let everyKey: [ItemKey]
  let everyRows: [DataText: [[Int]]]
  /// The places among all of the items at which the models were asked different things.
  let differing: Set<Int>
  /// The items that are left out.
  private(set) var findings: [ComparisonDocument.Finding] = []

  /// The items of a table, of which a column names the models.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column, no item of all models,
  ///   or an item with two rows of one model that are not attempts.
  init(_ table: ColumnTable, key: [String], options: BacktestOptions) throws(StoreError) {
    let names = try table.labels(options.by).map { $0?.name }
    let models = names.compactMap { $0 }.textSet.sorted().map(\.string)
    guard (2...100).contains(models.count) else {
      throw StoreError(
        .usage,
        "the column '\(options.by)' of \(table.name) has \(models.count) values; 2 to 100 models "
          + "can be laid beside one another")
    }
    let items = try ItemKeys(table, rows: Array(0..<table.count), columns: key)
    let every = try Self.rows(
      items, names: names, models: models, hasAttempts: options.repeats != nil, table.name)
    let inputs = try Differences(every.keys, models.map { every.rows[$0] ?? [] }) {
      base, candidate throws(StoreError) in
      try Comparability.inputs(
        in: table, from: base, to: candidate, besides: key + [options.by],
        repeats: options.repeats)
    }
    differing = inputs.places
    let common = every.keys.indices.filter { item in
      models.allSatisfy { every.rows[$0]?[item].isEmpty == false }
    }
    let places = common.filter { [differing] in !differing.contains($0) }
    guard !places.isEmpty else {
      throw StoreError(
        .usage,
        "no item of \(table.name) has a row of each of \(models.count) models"
          + (common.isEmpty
            ? "" : " that were asked the same: \(inputs.names.joined(separator: ", ")) differs"))
    }
    self.models = models
    keys = places.map { every.keys[$0] }
    rows = every.rows.mapValues { own in places.map { own[$0] } }
    (everyKey, everyRows) = (every.keys, every.rows)
    if common.count < every.keys.count {
      findings.append(
        .init(
          "items", arm: nil, "items that some model lacks",
          count: every.keys.count - common.count, isLeftOut: true))
    }
    findings += inputs.findings(
      "items where it is not the same for all models, so that they are others", isLeftOut: true)
  }

  /// All items, and for each of `models` its rows of them, of which there may be none.
  /// - Throws: ``StoreError`` of kind `usage` for two rows of one model that are no attempts.
  private static func rows(
    _ items: ItemKeys, names: [String?], models: [String], hasAttempts: Bool, _ table: String
  ) throws(StoreError) -> (keys: [ItemKey], rows: [DataText: [[Int]]]) {
    let keys = items.rows.keys.sorted()
    var rows: [DataText: [[Int]]] = [:]
    for model in models { rows[model] = [] }
    for key in keys {
      var found: [DataText: [Int]] = [:]
      for row in items.rows[key] ?? [] {
        guard let model = names[row] else { continue }
        guard hasAttempts || found[model] == nil else {
          throw StoreError(
            .usage,
            "\(key.line) has two rows of '\(model)' in \(table); name the "
              + "column that numbers the attempts with --repeat, the columns that identify an item "
              + "with --key, or choose rows with --where")
        }
        found[model, default: []].append(row)
      }
      for model in models { rows[model]?.append(found[model] ?? []) }
    }
    return (keys, rows)
  }

  /// The columns that are not those of the first model on some items, with those items.
  struct Differences {
    private let keys: [ItemKey]
    private var columns: [DataText: Set<Int>] = [:]

    /// - Parameters:
    ///   - rows: For each model, its rows of each item.
    ///   - find: The differences of two models.
    init(
      _ keys: [ItemKey], _ rows: [[[Int]]],
      _ find: ([[Int]], [[Int]]) throws(StoreError) -> [(column: String, places: [Int])]
    ) throws(StoreError) {
      self.keys = keys
      for candidate in rows.dropFirst() {
        for (column, places) in try find(rows[0], candidate) {
          columns[column, default: []].formUnion(places)
        }
      }
    }

    var names: [String] { columns.keys.sorted().map { "'\($0)'" } }
    var places: Set<Int> { columns.values.reduce(into: []) { $0.formUnion($1) } }

    func findings(_ what: String, isLeftOut: Bool = false) -> [ComparisonDocument.Finding] {
      columns.sorted { $0.key < $1.key }.map { column, places in
        .init(
          column.string, arm: nil, what, count: places.count,
          examples: places.sorted().prefix(PairedItems.exampleCount).map { keys[$0].names },
          isLeftOut: isLeftOut)
      }
    }
  }
}
