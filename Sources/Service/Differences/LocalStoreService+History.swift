package import Model
import Query
import Store
package import Wire

extension LocalStoreService {
  package func history(
    of dataset: DatasetName, _ request: HistoryRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Int {
    let versions = try versions(request.versions, of: dataset)
    let columns = try key(of: versions)
    try requireDistinct(versions)
    let values = try Self.values(request.key, of: columns, in: dataset)
    if let wanted = request.columns { try require(wanted, in: versions) }
    let wanted = request.columns?.textSet
    var changes: [RowChange] = []
    // One item throughout: the first that the values name in any version.
    for identity in RowIdentity.candidates(columns: columns, values: values)
    where changes.isEmpty {
      var tracker = try RowTracker(identity, in: store) { wanted?.contains($0) ?? true }
      for version in versions {
        try checkCancellation()
        if let change = try tracker.next(version) { changes.append(change) }
      }
    }
    let key = Array(zip(columns, values).map { (column: $0, value: $1) })
    guard !changes.isEmpty else {
      let row = key.map { "\($0.column) \($0.value)" }.joined(separator: ", ")
      throw StoreError(
        .missing,
        "no version of \(dataset)\(request.versions == "*" ? "" : "@" + request.versions) has a row "
          + "with \(row)")
    }
    try withoutActuallyEscaping(write) { write throws(StoreError) in
      let pieces = TextPieces(write)
      try HistoryPrinter(dataset, key, versions, request.format, pieces).print(changes)
      try pieces.finish()
    }
    return changes.count
  }

  /// The versions that `*` or `a..b` after the `@` stand for, oldest first.
  /// - Throws: ``StoreError``: `missing` for a dataset or a version that is not there, `usage` for
  ///   another text.
  func versions(_ text: String, of dataset: DatasetName) throws(StoreError) -> [Version] {
    try requireSight(of: dataset)
    let range = try StoreQuerySource(store, sees: sees).versionNumbers(text, of: dataset)
    return try store.versions(of: dataset).filter { range.contains($0.number) }.reversed()
  }

  /// Throws unless no two rows of any of these versions have the same key: where two have, an item
  /// could be either of them.
  /// - Throws: ``StoreError`` of kind `invalid` that names two rows and the ways out.
  func requireDistinct(_ versions: [Version]) throws(StoreError) {
    var sound: (key: [DataText], types: [ColumnType], chunks: [[Digest?]])?
    for version in versions {
      try checkCancellation()
      let snapshot = try store.snapshot(version)
      let key = snapshot.schema.key
      let types = key.compactMap { snapshot.schema.index(of: $0) }.map {
        snapshot.schema.columns[$0].type
      }
      // Only these hold one number in two spellings.
      guard types.contains(where: { $0 == .float64 || $0 == .json }) else { continue }
      let chunks = try snapshot.chunkDigests(of: key)
      let names = key.map { DataText($0) }
      if let sound, sound.types == types, sound.chunks == chunks, sound.key == names { continue }
      let (number, isLast) = (version.number, version.number == versions.last?.number)
      let range = isLast ? "..\(number - 1)" : "\(number + 1).."
      try snapshot.requireDistinct(
        key,
        alternative: isLast && number == 1
          ? nil : "or ask about versions without it, as in '\(version.dataset)@\(range)'")
      sound = (names, types, chunks)
    }
  }

  /// The key of the newest version.
  private func key(of versions: [Version]) throws(StoreError) -> [String] {
    guard let newest = versions.last else { return [] }
    let key = try store.snapshot(newest).schema.key
    guard !key.isEmpty else {
      throw StoreError(
        .usage, "\(newest.reference) has no key; name its columns with 'assay push --key'")
    }
    return key
  }

  private func require(_ wanted: [String], in versions: [Version]) throws(StoreError) {
    var names: Set<DataText> = []
    for version in versions {
      names.formUnion(try store.snapshot(version).schema.columns.map(\.name).textSet)
    }
    for name in wanted where !names.contains(name) {
      let advice = Spelling.advice(name, names.map(\.string))
      throw StoreError(.usage, "no version has a column '\(name)'; \(advice)")
    }
  }

  /// The values of the key's columns: one each in their order, or all as `column=value`.
  private static func values(
    _ terms: [String], of columns: [String], in dataset: DatasetName
  ) throws(StoreError) -> [String] {
    var named: [DataText: String] = [:]
    for term in terms {
      for column in columns where term.utf8.starts(with: (column + "=").utf8) {
        named[column] = String(decoding: term.utf8.dropFirst(column.utf8.count + 1), as: UTF8.self)
      }
    }
    if named.count == columns.count, terms.count == columns.count {
      return columns.map { named[$0] ?? "" }
    }
    guard terms.count == columns.count else {
      let form = columns.map { "\($0)=…" }.joined(separator: " ")
      throw StoreError(
        .usage, "the key of \(dataset) is \(columns.joined(separator: ", ")): give \(form)")
    }
    return terms
  }
}
