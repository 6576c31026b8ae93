import Analysis
import Formats
package import Model
import Query
import Store
package import Wire

extension LocalStoreService {
  /// Saves the rows of a query, or a sample of them, as the next version of a dataset; the versions
  /// that the query read are its lineage.
  /// - Throws: ``StoreError`` as a query and a push do; `usage` for strata that are no columns.
  package func saveQuery(_ request: SavedQuery) throws(StoreError) -> SavedQueryDocument {
    var options = queryOptions()
    if let seconds = request.query.timeoutSeconds { options.timeLimitSeconds = seconds }
    options.rowLimit = request.query.limit
    let used = UsedVersions()
    let query = SQLQuery(
      request.query.sql, on: StoreQuerySource(store, sees: sees, used: used), options: options)
    let (columns, values) = try query.rows()
    try Self.requireTexts(columns, values)
    let sources = used.versions
    let types = try sourceTypes(columns, values, sources)
    let rows = values.map { row in
      JSON.Object(zip(columns, row).map { ($0, Self.json($1, types[DataText($0)])) })
    }
    let (kept, draw) = try Self.draw(request.sample, rows, columns)
    var push = PushRequest()
    push.kind = request.kind
    push.key = try key(request, columns, sources)
    push.author = request.author
    push.message = request.message ?? Self.message(request.sample, rows.count, draw)
    push.lineage = sources.map(\.pinned)
    push.attributes = Self.attributes(request)
    var lines: [UInt8] = []
    for row in kept { lines += JSON.object(row).compactBytes + [UInt8(ascii: "\n")] }
    var pushOptions = self.options(push)
    pushOptions.types = types
    let reader: any RowReader = try JSONReader(
      MemorySource(name: "the query's rows", bytes: lines), layout: .lines,
      options: ReadOptions(types: types))
    let pushed = try pushChecked(reader, into: request.into, pushOptions)
    return SavedQueryDocument(
      version: document(for: pushed.version), isNew: pushed.isNew, rows: rows.count,
      nearDuplicates: draw?.nearDuplicates ?? 0,
      notes: Self.notes(request.sample, draw) + pushed.warnings)
  }

  /// The types that columns of the result have where they come from, as far as SQL has no such type
  /// and the values still fit it.
  private func sourceTypes(
    _ columns: [String], _ rows: [[QueryValue]], _ sources: [Version]
  ) throws(StoreError) -> [DataText: ColumnType] {
    var types: [DataText: ColumnType] = [:]
    for version in sources {
      for column in try store.snapshot(version).schema.columns {
        guard let place = columns.firstIndex(where: { $0.hasBytes(of: column.name) }),
          types[DataText(column.name)] == nil,
          rows.allSatisfy({ Self.fits($0[place], column.type) })
        else { continue }
        types[DataText(column.name)] = column.type
      }
    }
    return types
  }

  private static func fits(_ value: QueryValue, _ type: ColumnType) -> Bool {
    switch (type, value) {
    case (.bool, .null), (.bool, .integer(0)), (.bool, .integer(1)): true
    case (.timestamp, .text(let text)): Timestamp(parsing: text) != nil
    case (.file, .text(let text)): FileValue(parsing: Array(text.utf8)) != nil
    case (.json, .text(let text)): (try? JSON(parsing: Array(text.utf8))) != nil
    case (.string, .text), (.int64, .integer), (.float64, .real), (.float64, .integer): true
    case (.timestamp, .null), (.file, .null), (.json, .null), (.string, .null), (.int64, .null),
      (.float64, .null):
      true
    default: false
    }
  }

  private static func json(_ value: QueryValue, _ type: ColumnType?) -> JSON {
    switch value {
    case .null: .null
    case .integer(let number): type == .bool ? .bool(number == 1) : .integer(number)
    case .real(let number): .number("\(number)")
    case .text(let text):
      type == .json || type == .file
        ? (try? JSON(parsing: Array(text.utf8))) ?? .string(text) : .string(text)
    // Refused before.
    case .blob: .null
    }
  }

  /// Throws for values that JSON has no form for.
  private static func requireTexts(
    _ columns: [String], _ rows: [[QueryValue]]
  ) throws(StoreError) {
    for row in rows {
      for (name, value) in zip(columns, row) {
        let kind: String
        switch value {
        case .blob: kind = "bytes"
        case .real(let number) where !number.isFinite: kind = "a number that is not finite"
        default: continue
        }
        throw StoreError(
          .usage,
          "the query's column '\(name)' has \(kind), which cannot be saved: leave it out, or make a text "
            + "or a number of it")
      }
    }
  }

  private static func draw(
    _ sample: SavedQuery.Sample?, _ rows: [JSON.Object], _ columns: [String]
  ) throws(StoreError) -> (rows: [JSON.Object], draw: SampleDraw?) {
    guard let sample else { return (rows, nil) }
    for name in sample.strata where !columns.hasText(name) {
      throw StoreError(
        .usage, "the query has no column '\(name)'; \(Spelling.advice(name, columns))")
    }
    let candidates = rows.map { row in
      let labels = sample.strata.map { row[$0] ?? .null }
      let texts = row.members.filter { !sample.strata.hasText($0.name) }.compactMap(\.value.string)
      return SampleDraw.Row(
        stratum: DataText(JSON.array(labels).text),
        // Short texts are names and ids.
        text: texts.filter { $0.utf8.count > 20 }.joined(separator: " "),
        bytes: JSON.object(row).canonicalBytes)
    }
    let draw = SampleDraw(candidates, count: sample.count, seed: sample.seed)
    return (draw.places.map { rows[$0] }, draw)
  }

  /// The key of the version: as asked for, else the dataset's, else that of the only version read.
  private func key(
    _ request: SavedQuery, _ columns: [String], _ sources: [Version]
  ) throws(StoreError) -> [String]? {
    if let key = request.key { return key }
    if try latest(request.into) != nil { return nil }
    guard sources.count == 1 else { return nil }
    let key = try store.snapshot(sources[0]).schema.key
    return !key.isEmpty && key.allSatisfy({ columns.hasText($0) }) ? key : nil
  }

  private static func message(
    _ sample: SavedQuery.Sample?, _ rows: Int, _ draw: SampleDraw?
  ) -> String {
    guard let sample, let draw else { return "" }
    var message = "\(draw.places.count) of \(rows) rows"
    if !sample.strata.isEmpty { message += " by " + sample.strata.joined(separator: ", ") }
    message += ", seed \(sample.seed)"
    if draw.nearDuplicates > 0 { message += ", \(draw.nearDuplicates) near-duplicates left out" }
    return message
  }

  private static func attributes(_ request: SavedQuery) -> [String: String] {
    var attributes = ["query.sql": request.query.sql]
    if let sample = request.sample {
      attributes["query.sample"] = String(sample.count)
      attributes["query.seed"] = String(sample.seed)
      if !sample.strata.isEmpty { attributes["query.by"] = JSON(sample.strata).text }
    }
    return attributes
  }

  private static func notes(_ sample: SavedQuery.Sample?, _ draw: SampleDraw?) -> [String] {
    guard let sample, let draw, draw.places.count < sample.count else { return [] }
    return [
      "\(draw.places.count) rows were drawn, not \(sample.count): there are no more that are no "
        + "near-duplicates"
    ]
  }
}
