import Analysis
import Columns
import Model
import Platform
import Query
import Wire

/// Reads a metric of many versions: by SQL, whose scans are vectorised and remember what they
/// computed, where aggregates of all rows are enough; as values where there is a condition, or the
/// statistic needs them.
struct TrendReader {
  typealias Cell = TrendReading.Cell

  let dataset: DatasetName
  let request: TrendRequest
  let statistic: TrendRequest.Statistic
  private let memory: AggregateMemory?
  private let options: QueryOptions
  /// The columns that identify an item with attempts, whose mean is its value; nil where each row
  /// has its own.
  let items: [String]?
  /// All versions of the range, so that a column which some of them lack is null there.
  private let table: QueryTable
  private let isBool: Bool
  /// The score that the metric is; nil where it is a column of the versions.
  let scores: TrendScores?
  /// The findings on scores that do not show.
  var hidden: [ComparisonDocument.Finding] = []

  /// The most groups of a trend.
  private static let groupLimit = 500

  /// A reader of the versions that `versions` stands for after the `@` of a table's name.
  /// - Throws: ``StoreError``: `missing` for versions that are not there, `usage` for columns that
  ///   none of them has, or a statistic that needs another.
  init(
    _ dataset: DatasetName, _ request: TrendRequest, _ versions: String,
    _ source: StoreQuerySource, items: [String]? = nil, scores: TrendScores? = nil,
    options: QueryOptions
  ) throws(StoreError) {
    self.dataset = dataset
    self.request = request
    memory = source.aggregateMemory
    self.options = options
    self.scores = scores
    guard let table = try source.table(named: "\(dataset)@\(versions)") else {
      throw StoreError(.missing, "there is no dataset '\(dataset)'")
    }
    self.table = table
    var metric = scores?.definition
    if let name = request.metric, scores == nil {
      metric = table.columns[try Self.position(name, in: table, of: dataset)]
    }
    for name in [request.group, request.repeats].compactMap({ $0 }) {
      _ = try Self.position(name, in: table, of: dataset)
    }
    isBool = metric?.type == .bool
    statistic =
      request.statistic ?? (metric == nil ? .count : metric?.type == .bool ? .rate : .mean)
    // Counts are of rows, and sums are of all values.
    self.items = [.count, .sum].contains(statistic) ? nil : items
    for name in self.items ?? [] { _ = try Self.position(name, in: table, of: dataset) }
    guard metric != nil || statistic == .count else {
      throw StoreError(.usage, "the \(statistic.rawValue) of what? name a column as the metric")
    }
    if let metric, statistic != .count,
      ![.bool, .int64, .float64, .json].contains(metric.type)
    {
      throw StoreError(
        .usage,
        "the column '\(metric.name)' of \(dataset) holds \(metric.type.rawValue) values; "
          + "a metric is a column of numbers or of true and false")
    }
  }

  /// Reads the rows of each version and group; of one version, or of all.
  func reading(of version: Int? = nil) throws(StoreError) -> TrendReading {
    let table = version.map { self.table.of([$0]) } ?? self.table
    let reading: TrendReading
    if let summaries = try summaries(table) {
      reading = summaries
    } else {
      reading = try values(of: table)
    }
    let groups = Set(reading.parts.keys.map(\.group)).count
    guard groups <= Self.groupLimit else {
      throw StoreError(
        .usage,
        "'\(request.group ?? "")' has \(groups) values, and a trend tells \(Self.groupLimit) apart; "
          + "narrow it with a condition")
    }
    return reading
  }

  /// The scale of the values that were read, which are all that a series has.
  func scale(of reading: TrendReading) -> TrendScale {
    TrendScale(reading.parts.values.map(\.sample), of: request.metric ?? "", isBool: isBool)
  }

  /// The positions of a version's rows for which the condition is true; nil when there is none.
  func selection(in version: Int) throws(StoreError) -> [Int]? {
    guard let condition = request.condition else { return nil }
    var positions: [Int] = []
    // SQL numbers the rows of a table's first part by their position. A condition reads only the
    // row's own columns, so the number and time of the version are not among them.
    let number = try SQLColumns.rowNumber(besides: table.columns.map(\.name))
    let rows = table.of([version], isMultiVersion: false)
    try RowQuery(rows, where: condition, options: options).run(select: number) { row in
      if let position = Self.integer(row[0]) { positions.append(position) }
    }
    return positions.sorted()
  }

  /// The columns whose texts the condition takes for numbers in some versions.
  func textReadings(in versions: [Int]) throws(StoreError) -> [RowQuery.TextReading] {
    guard let condition = request.condition else { return [] }
    let rows = table.of(versions, isMultiVersion: false)
    return try RowQuery(rows, where: condition, options: options).textReadings()
  }

  /// The position of a column among those of all versions.
  private static func position(
    _ name: String, in table: QueryTable, of dataset: DatasetName
  ) throws(StoreError) -> Int {
    guard let position = table.columns.position(of: name) else {
      let advice = Spelling.advice(name, table.columns.map(\.name))
      throw StoreError(.usage, "no version of \(dataset) has a column '\(name)'; \(advice)")
    }
    return position
  }

  /// Aggregates by SQL; nil where they are not enough, or SQL would read values otherwise.
  private func summaries(_ table: QueryTable) throws(StoreError) -> TrendReading? {
    guard statistic != .p50, statistic != .p95, items == nil, request.condition == nil,
      scores == nil
    else {
      return nil
    }
    var metric: String?
    if let column = request.metric {
      let position = try Self.position(column, in: table, of: dataset)
      guard table.columns[position].type != .json else { return nil }
      metric = SQLColumns.identifiers(of: table)[position]
    }
    var isBool = false
    var group: String?
    if let column = request.group {
      let position = try Self.position(column, in: table, of: dataset)
      guard [.string, .int64, .bool].contains(table.columns[position].type) else { return nil }
      isBool = table.columns[position].type == .bool
      group = SQLColumns.identifiers(of: table)[position]
    }
    let aggregates =
      if let metric, statistic == .count {
        "count(\(metric)), 0, 0, 0, 0, 0"
      } else if let metric {
        "count(\(metric)), total(\(metric)), avg(\(metric)), stddev(\(metric)), min(\(metric)), max(\(metric))"
      } else {
        "count(*), 0, 0, 0, 0, 0"
      }
    var reading = TrendReading()
    var isFinite = true
    let query = RowQuery(table, where: nil, options: options, memory: memory)
    try query.run(
      select: "_version, \(group ?? "NULL"), \(aggregates), count(*)",
      rest: "GROUP BY _version" + (group.map { ", " + $0 } ?? "")
    ) { row in
      let numbers = row[3..<8].map(Self.number)
      isFinite = isFinite && numbers.allSatisfy { $0?.isFinite ?? true }
      guard let version = Self.integer(row[0]), let count = Self.integer(row[2]),
        let rows = Self.integer(row[8])
      else { return }
      let cell = Cell(version: version, group: Self.label(row[1], isBool: isBool))
      let summary = TrendSample.Summary(
        count: count, total: numbers[0] ?? 0, mean: numbers[1] ?? 0,
        deviation: numbers[2] ?? 0, least: numbers[3] ?? 0, greatest: numbers[4] ?? 0)
      reading.parts[cell] = TrendReading.Part(sample: .summary(summary), missing: rows - count)
    }
    // An infinity among the values spoils its group's sums; read as values, it is left out.
    return isFinite ? reading : nil
  }

  /// The values of the rows, from their vectors, version by version on all cores.
  private func values(of table: QueryTable) throws(StoreError) -> TrendReading {
    var positions: [Int] = []
    let metric = scores == nil ? request.metric : nil
    for name in [metric, request.group].compactMap({ $0 }) + (items ?? []) {
      let position = try Self.position(name, in: table, of: dataset)
      if !positions.contains(position) { positions.append(position) }
    }
    let (wanted, reader) = (positions, self)
    let parts = try parallelMap(count: table.parts.count) { index throws(StoreError) in
      try reader.values(of: table.parts[index], wanted.map { (table.columns[$0].name, $0) })
    }
    var reading = TrendReading()
    for part in parts { reading.add(part) }
    return reading
  }

  private func values(
    of part: any QueryPart, _ columns: [(name: String, position: Int)]
  ) throws(StoreError) -> TrendReading {
    var batches: [RowBatch] = []
    var types: [ColumnType] = []
    for (group, count) in try part.groupRowCounts().enumerated() {
      var vectors: [ColumnVector] = []
      for column in columns {
        vectors.append(try part.vector(column: column.position, group: group))
      }
      // A column of one version has one type, which may differ from that of all versions together.
      if types.isEmpty { types = vectors.map(\.type) }
      let definitions = zip(columns, types).map { ColumnDefinition(name: $0.name, type: $1) }
      batches.append(RowBatch(columns: definitions, vectors: vectors, count: count))
    }
    let selection = try selection(in: part.version)
    guard let first = batches.first else { return TrendReading() }
    var rows = ColumnTable(
      name: "\(dataset)@\(part.version)", columns: first.columns, batches: batches)
    if let selection { rows = rows.selecting(selection) }
    guard let cells = try metricRows(rows, of: part.version, selection) else {
      return TrendReading()
    }
    var labels: [ValueLabel?]?
    if let group = request.group { labels = try rows.labels(group) }
    var numbers = [Double?](repeating: 1, count: rows.count)
    var texts: Set<Int> = []
    if let metric = request.metric {
      if statistic == .count {
        numbers = try cells.texts(metric).map { $0 == nil ? nil : 1 }
      } else {
        numbers = try cells.numbers(metric)
        texts = Set(cells.others(metric, rows: Array(0..<rows.count)))
      }
    }
    var reading = TrendReading()
    var identities: KeyIdentities?
    if let items {
      let vectors = try items.map { name throws(StoreError) in try rows.vector(name) }
      let keys = KeyIdentities(columns: vectors, count: rows.count)
      reading.attempts[part.version] = AttemptTally(keys.hashes)
      identities = keys
    }
    if let identities, let labels {
      reading.splitItems[part.version] = Self.splitCount(identities, labels)
    }
    var values: [Cell: TrendValues] = [:]
    for row in 0..<rows.count {
      let cell = Cell(version: part.version, group: labels?[row])
      values[cell, default: TrendValues()].add(
        numbers[row], item: identities?[row], isText: texts.contains(row))
    }
    reading.parts = values.mapValues(\.part)
    return reading
  }

  /// The table that has the metric of a version's rows; nil where the version was not scored.
  private func metricRows(
    _ rows: ColumnTable, of version: Int, _ selection: [Int]?
  ) throws(StoreError) -> ColumnTable? {
    guard let scores else { return rows }
    let cells = try scores.rows(of: version)
    return selection.flatMap { cells?.selecting($0) } ?? cells
  }

  /// The number of items with rows in several groups.
  private static func splitCount(_ items: KeyIdentities, _ groups: [ValueLabel?]) -> Int {
    var first: [ArraySlice<UInt8>: ValueLabel?] = [:]
    var split: Set<ArraySlice<UInt8>> = []
    for (row, group) in groups.enumerated() {
      if let known = first[items[row]] {
        if known != group { split.insert(items[row]) }
      } else {
        first[items[row]] = .some(group)
      }
    }
    return split.count
  }

  private static func number(_ value: QueryValue) -> Double? {
    switch value {
    case .integer(let integer): Double(integer)
    case .real(let real): real
    default: nil
    }
  }

  private static func integer(_ value: QueryValue) -> Int? {
    if case .integer(let integer) = value { Int(integer) } else { nil }
  }

  /// The label of a group: its value as a person would write it.
  private static func label(_ value: QueryValue, isBool: Bool) -> ValueLabel? {
    switch value {
    case .integer(let integer):
      isBool ? ValueLabel(integer != 0) : ValueLabel(.integer(integer))
    case .real(let real): ValueLabel(KeyNumber(real))
    case .text(let text): ValueLabel(text: text)
    case .null, .blob: nil
    }
  }
}

extension QueryTable {
  /// The rows of only some versions, with the columns of all.
  fileprivate func of(_ versions: [Int], isMultiVersion: Bool = true) -> QueryTable {
    QueryTable(
      columns: columns, isMultiVersion: isMultiVersion,
      parts: parts.filter { versions.contains($0.version) })
  }
}
