import Columns
package import Model

extension Store {
  /// Looks for what older programs, and habits of other tools, have made of values: rows whose keys
  /// are one, numbers and bools kept as texts, columns whose type changes, versions of the future.
  ///
  /// - Parameter progress: called with the versions done so far and those to do.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package func checkValues(
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(StoreError) -> [ValueFinding] {
    var versions: [[Version]] = []
    for dataset in try datasets() { versions.append(try self.versions(of: dataset).reversed()) }
    let total = versions.reduce(0) { $0 + $1.count }
    var done = 0
    var findings: [ValueFinding] = []
    let now = clock()
    for history in versions {
      var check = ValueCheck(now: now)
      for version in history {
        try check.add(version, try snapshot(version))
        done += 1
        progress(done, total)
      }
      findings += check.findings
    }
    return findings
  }
}

/// The versions of one dataset as they are checked, oldest first.
private struct ValueCheck {
  private let now: Timestamp
  private(set) var findings: [ValueFinding] = []
  private var schema: Schema?
  /// The columns of the version before that have a value; the type of others says nothing.
  private var filled: Set<DataText> = []
  /// The looks of the texts of chunks: versions share most of them.
  private var looks: [Digest: TextLooks] = [:]
  /// The chunks of the key's columns, and the message, of the version before.
  private var keys: (chunks: [Digest?], what: String?)?

  init(now: Timestamp) { self.now = now }

  mutating func add(_ version: Version, _ snapshot: Snapshot) throws(StoreError) {
    let decoder = try ChunkDecoder()
    var groups: [RowGroupManifest] = []
    for index in snapshot.manifest.groups.indices {
      groups.append(try snapshot.group(index, decoder))
    }
    checkDates(version)
    checkTypes(version, snapshot)
    filled = groups.reduce(into: Set<DataText>()) { filled, group in
      for (column, chunk) in zip(snapshot.schema.columns, group.chunks) where chunk != nil {
        filled.insert(DataText(column.name))
      }
    }
    try checkKeys(version, snapshot, groups, decoder)
    // What Assay keeps in these has the types that it is to have.
    let isOurs = [.ratings, .rules, .reports, .providers, .prices].contains(version.record.kind)
    for (position, column) in snapshot.schema.columns.enumerated()
    where [.string, .json].contains(column.type) && !isOurs {
      guard !snapshot.schema.key.hasText(column.name) else { continue }
      try checkTexts(version, snapshot, groups, position, decoder)
    }
    schema = snapshot.schema
  }

  /// Adds a finding, to that of the version before when it is the same.
  private mutating func note(
    _ kind: ValueFinding.Kind, _ version: Version, column: String? = nil, _ what: String
  ) {
    let number = version.number
    let known = findings.lastIndex { finding in
      // Of texts, how many there are may differ from version to version.
      finding.kind == kind && finding.versions.upperBound == number - 1
        && (kind == .texts || finding.what == what)
        && (finding.column ?? "").hasBytes(of: column ?? "")
    }
    if let known {
      findings[known].versions = findings[known].versions.lowerBound...number
      return
    }
    findings.append(
      ValueFinding(
        kind: kind, dataset: version.dataset, versions: number...number,
        column: column, what: what))
  }

  private mutating func checkDates(_ version: Version) {
    guard version.record.createdAt > now else { return }
    note(
      .future, version,
      "it is dated after now, which is \(now): name it by its number or a tag until then")
  }

  private mutating func checkTypes(_ version: Version, _ snapshot: Snapshot) {
    guard let schema else { return }
    for column in snapshot.schema.columns {
      guard let position = schema.index(of: column.name),
        schema.columns[position].type != column.type, filled.contains(column.name)
      else { continue }
      let old = schema.columns[position].type
      // Of floats, too, an integer is written as one.
      if [old, column.type].allSatisfy({ $0 == .int64 || $0 == .float64 }) { continue }
      let keepsValues = old == .json || column.type == .json
      note(
        .retyped, version, column: column.name,
        "it was \(old.rawValue) in the version before and is \(column.type.rawValue)"
          + (keepsValues ? "" : ": every value of it counts as changed"))
    }
  }

  private mutating func checkKeys(
    _ version: Version, _ snapshot: Snapshot, _ groups: [RowGroupManifest],
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) {
    let positions = snapshot.schema.key.compactMap { snapshot.schema.index(of: $0) }
    guard !positions.isEmpty else { return }
    let chunks = groups.flatMap { group in positions.map { group.chunks[$0] } }
    if keys?.chunks != chunks {
      keys = (chunks, try repeatedKeys(snapshot, groups, positions, decoder))
    }
    if let what = keys?.what { note(.sameKeys, version, what) }
  }

  /// The number of rows whose key another row has, and the first of them.
  private func repeatedKeys(
    _ snapshot: Snapshot, _ groups: [RowGroupManifest], _ positions: [Int],
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> String? {
    var seen: Set<ArraySlice<UInt8>> = []
    var (count, first) = (0, "")
    for group in groups {
      var vectors: [ColumnVector] = []
      for position in positions {
        vectors.append(try snapshot.vector(column: position, of: group, decoder))
      }
      guard vectors.contains(where: { $0.type == .float64 || $0.type == .json }) else { return nil }
      let keys = KeyIdentities(columns: vectors, count: group.rows)
      for row in 0..<group.rows where !seen.insert(keys[row]).inserted {
        count += 1
        if count == 1 { first = vectors.map { $0.display(row) }.joined(separator: ", ") }
      }
    }
    guard count > 0 else { return nil }
    return
      "\(count) of its rows have a key that an earlier row has in another spelling, as \(first): "
      + "push it again without them, or with another key"
  }

  private mutating func checkTexts(
    _ version: Version, _ snapshot: Snapshot, _ groups: [RowGroupManifest], _ position: Int,
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) {
    var found = TextLooks()
    for group in groups {
      guard let digest = group.chunks[position] else { continue }
      if let known = looks[digest] {
        found.add(known)
        continue
      }
      var chunk = TextLooks()
      chunk.add(try snapshot.vector(column: position, of: group, decoder))
      looks[digest] = chunk
      found.add(chunk)
    }
    let column = snapshot.schema.columns[position]
    let isText = column.type == .string
    guard let verdict = isText ? found.verdict : found.mixedVerdict else { return }
    note(
      .texts, version, column: column.name,
      "it is \(isText ? "text" : "json"), and \(verdict.what) with --types "
        + NameList.text(["\(column.name)=\(verdict.type.rawValue)"]))
  }
}
