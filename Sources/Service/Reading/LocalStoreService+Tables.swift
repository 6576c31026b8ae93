import Analysis
import Columns
import Formats
import Model
import Store
import Wire

extension LocalStoreService {
  /// Columns of a version in memory.
  /// - Parameters:
  ///   - columns: The columns; nil for all.
  ///   - condition: An expression in SQL of the row's columns; nil for all rows.
  /// - Throws: ``StoreError``: `missing` for a version that is not there, `usage` for a column that
  ///   is not or a condition that SQL refuses, `corrupt` when stored bytes are damaged.
  func table(
    _ reference: Reference, columns: [String]? = nil, where condition: String? = nil
  ) throws(StoreError) -> (version: Version, table: ColumnTable) {
    let version = try store.resolve(reference)
    let snapshot = try store.snapshot(version)
    var request = DataRequest(format: .jsonl)
    request.columns = columns
    request.condition = condition
    let positions = try self.columns(request, of: snapshot)
    var batches: [RowBatch] = []
    try RowPages(snapshot, columns: positions).forEach(try selection(request, of: snapshot)) {
      page throws(StoreError) in
      try checkCancellation()
      batches += page
    }
    return (
      version,
      ColumnTable(
        name: version.reference.description, columns: positions.map { snapshot.schema.columns[$0] },
        known: snapshot.schema.columns.map(\.name), batches: batches)
    )
  }

  /// Columns of a version in memory, with the judges and reference answers in its nested columns as
  /// columns of their own.
  func judgedTable(
    _ version: Version, columns: [String], where condition: String?
  ) throws(StoreError) -> ColumnTable {
    let members = try nestedMeasures(of: version)
    var all = columns
    for member in members where !all.hasText(member.column) { all.append(member.column) }
    return try table(version.pinned, columns: all, where: condition).table
      .unfolding(members) { columns.hasText($0) }
  }

  /// The rows by which most columns of texts show that they are none of objects.
  private static let fewRows = 64

  /// The judges and reference answers in the nested columns of a version, and in columns of texts
  /// that are all JSON objects.
  ///
  /// The members of a column whose values share no shape, or are texts, are found by reading it.
  func nestedMeasures(of version: Version) throws(StoreError) -> [NestedColumn] {
    let snapshot = try store.snapshot(version)
    let manifest = snapshot.manifest
    var columns: [(column: ColumnDefinition, shape: ValueShape?)] = []
    for (position, column) in manifest.schema.columns.enumerated() {
      guard Comparability.mayHoldMeasures(column) else { continue }
      if let shape = manifest.shapes[position] {
        columns.append((column, shape))
      } else {
        columns.append((column, try members(of: position, in: snapshot)))
      }
    }
    return Comparability.nestedMeasures(columns)
  }

  private func members(of column: Int, in snapshot: Snapshot) throws(StoreError) -> ValueShape? {
    var members = NestedMembers()
    // Most columns of texts are none of objects, as the first ones show.
    var start = 0
    for end in [Self.fewRows, snapshot.rows] where end > start && start < snapshot.rows {
      try RowPages(snapshot, columns: [column]).forEach(.range(start..<min(end, snapshot.rows))) {
        page throws(StoreError) in
        try checkCancellation()
        for batch in page { members.add(batch.vectors[0]) }
      }
      if members.isDecided { return nil }
      start = end
    }
    return members.shape
  }

  /// Columns of one row of a version, by its position.
  func row(
    _ position: Int, of version: Version, columns: [String]
  ) throws(StoreError) -> ColumnTable {
    let snapshot = try store.snapshot(version)
    var request = DataRequest(format: .jsonl)
    request.columns = columns
    let positions = try self.columns(request, of: snapshot)
    var batches: [RowBatch] = []
    try RowPages(snapshot, columns: positions).forEach(.range(position..<position + 1)) {
      batches += $0
    }
    return ColumnTable(
      name: version.reference, columns: positions.map { snapshot.schema.columns[$0] },
      batches: batches)
  }

  /// Saves a document as the next version of a dataset; the same JSON again makes no new version.
  ///
  /// The version has one row, whose one column, `document`, is the JSON. Rule sets, saved
  /// comparisons and reports are saved this way, and therefore have numbers, tags, a log, lineage
  /// and attributes like everything else.
  /// - Parameters:
  ///   - json: Compact JSON of one object, without a line break.
  ///   - request: Its kind is one of documents, which the caller has checked this one for.
  /// - Throws: ``StoreError`` as a push does.
  func saveDocument(
    _ json: [UInt8], as dataset: DatasetName, _ request: PushRequest
  ) throws(StoreError) -> PushResult {
    let line = Array(#"{"document":"#.utf8) + json + Array("}".utf8)
    let reader = try JSONReader(
      MemorySource(name: "the document", bytes: line), layout: .lines,
      options: ReadOptions(types: ["document": .json]))
    var options = options(request)
    options.checkedKind = request.kind
    let pushed = try store.push(dataset, reader, options) { _ in }
    pushed.warnings.forEach(store.warn)
    return pushed
  }

  /// Returns the document of a version.
  /// - Throws: ``StoreError``: `missing` when there is no such version, `usage` when it is not a
  ///   document.
  func document(_ reference: Reference) throws(StoreError) -> (version: Version, json: [UInt8]) {
    let version = try store.resolve(reference)
    guard version.record.rows == 1,
      try store.snapshot(version).schema.columns.map(\.name) == ["document"]
    else {
      throw StoreError(.usage, "\(version.reference) holds rows, not a document")
    }
    let table = try table(reference).table
    guard let text = try table.texts("document")[0] else {
      throw StoreError(.corrupt, "the document of \(version.reference) is empty")
    }
    return (version, Array(text.utf8))
  }
}
