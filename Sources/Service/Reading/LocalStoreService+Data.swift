import Columns
import Formats
package import Model
import Query
import Store
package import Wire

extension LocalStoreService {
  package func data(
    _ reference: Reference, _ request: DataRequest, progress: (Progress) -> Void,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> DataDocument {
    let version = try store.resolve(reference)
    let snapshot = try store.snapshot(version)
    let positions = try columns(request, of: snapshot)
    let rows = try selection(request, of: snapshot)
    var text = TableText(
      request.format, columns: positions.map { snapshot.schema.columns[$0] },
      shapes: positions.map { snapshot.manifest.shapes[$0] }, nulls: request.writesNulls)
    var written = 0
    var nonFinite = NonFiniteCount(positions.map { snapshot.schema.columns[$0] })
    try RowPages(snapshot, columns: positions).forEach(rows) { batches throws(StoreError) in
      try checkCancellation()
      if [.json, .jsonl].contains(request.format) { batches.forEach { nonFinite.add($0) } }
      try text.append(batches, write: write)
      written += batches.reduce(0) { $0 + $1.count }
      progress(Progress(done: written, unit: .rows))
    }
    try text.finish(write: write)
    return DataDocument(
      version: document(for: version), rowsWritten: written,
      notes: try textReadings(of: snapshot, where: request.condition).map {
        "column '\($0.column)' " + $0.note
      } + nonFinite.notes)
  }

  /// The columns whose texts a condition on the rows of a version takes for numbers.
  func textReadings(
    of snapshot: Snapshot, where condition: String?
  ) throws(StoreError) -> [RowQuery.TextReading] {
    guard condition != nil else { return [] }
    return try RowQuery(
      StoreQuerySource.table(of: snapshot), where: condition, options: queryOptions()
    ).textReadings()
  }

  /// The findings of a document about the condition on its rows, from the third edition on.
  func findings(
    of snapshot: Snapshot, where condition: String?, arm: String? = nil,
    edition: Edition = .current
  ) throws(StoreError) -> [ComparisonDocument.Finding] {
    guard edition > .second else { return [] }
    return try textReadings(of: snapshot, where: condition).map { Self.finding($0, arm: arm) }
  }

  /// A finding about a column that a condition reads.
  static func finding(
    _ reading: RowQuery.TextReading, arm: String?
  ) -> ComparisonDocument.Finding {
    .init(reading.column, arm: arm, reading.finding, count: reading.count)
  }

  /// The positions of the requested columns.
  func columns(
    _ request: DataRequest, of snapshot: Snapshot
  ) throws(StoreError) -> [Int] {
    let schema = snapshot.schema
    guard let names = request.columns else { return Array(schema.columns.indices) }
    var positions: [Int] = []
    for name in names {
      let position = try Self.column(name, of: snapshot)
      guard !positions.contains(position) else {
        throw StoreError(.usage, "the column '\(name)' is named twice")
      }
      positions.append(position)
    }
    return positions
  }

  private static func column(_ name: String, of snapshot: Snapshot) throws(StoreError) -> Int {
    guard let position = snapshot.schema.index(of: name) else {
      let advice = Spelling.advice(name, snapshot.schema.columns.map(\.name))
      throw StoreError(.usage, "\(snapshot.version.reference) has no column '\(name)'; \(advice)")
    }
    return position
  }

  func selection(
    _ request: DataRequest, of snapshot: Snapshot
  ) throws(StoreError) -> RowSelection {
    guard request.offset >= 0, request.limit ?? 0 >= 0 else {
      throw StoreError(.usage, "offset and limit are numbers of rows, 0 or more")
    }
    guard request.condition != nil || request.order != nil else {
      let start = min(request.offset, snapshot.rows)
      return .range(start..<start + min(request.limit ?? Int.max, snapshot.rows - start))
    }
    // SQL numbers the rows of one version by their position (`TableScan.rowID`).
    let order = try request.order.map { text throws(StoreError) in
      try Self.order(text, of: snapshot)
    }
    let number = try SQLColumns.rowNumber(besides: snapshot.schema.columns.map(\.name))
    // Only of the snapshot: other parts of the store do not matter.
    let query = RowQuery(
      StoreQuerySource.table(of: snapshot), where: request.condition, options: queryOptions())
    var positions: [Int] = []
    let rest =
      "ORDER BY \(order.map { $0 + ", " } ?? "")\(number) LIMIT \(request.limit ?? -1) "
      + "OFFSET \(request.offset)"
    try query.run(select: number, rest: rest) { row in
      if case .integer(let position) = row[0] { positions.append(Int(position)) }
    }
    return order == nil ? .ascending(positions) : .ordered(positions)
  }

  /// The terms of ORDER BY that `text` stands for: columns with commas between, each with `asc` or
  /// `desc` after it or neither.
  private static func order(_ text: String, of snapshot: Snapshot) throws(StoreError) -> String {
    let names = snapshot.schema.columns.map(\.name)
    let identifiers = SQLColumns.identifiers(names)
    var terms: [String] = []
    for part in try NameList.names(in: text, allowsWords: true) {
      // A column may be called 'x desc', or have spaces at its ends.
      if let position = snapshot.schema.index(of: part) {
        terms.append(identifiers[position])
        continue
      }
      let words = part.split(separator: " ")
      let direction = words.last?.lowercased() ?? ""
      let hasDirection = words.count > 1 && (direction == "asc" || direction == "desc")
      // Spaces within a name belong to it; those around it and its direction do not.
      var name = part.drop { $0 == " " }
      func trim() { while name.last == " " { name.removeLast() } }
      trim()
      if hasDirection {
        name.removeLast(direction.count)
        trim()
      }
      let position = try column(String(name), of: snapshot)
      terms.append(identifiers[position] + (hasDirection ? " \(direction)" : ""))
    }
    guard !terms.isEmpty else {
      throw StoreError(.usage, "order names columns; leave it out for the order of the version")
    }
    return terms.joined(separator: ", ")
  }
}
