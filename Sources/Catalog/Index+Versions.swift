import GRDB
package import Model

extension Index {
  /// Version `number` of a dataset; nil when there is none.
  package func version(of dataset: DatasetName, number: Int) throws(StoreError) -> IndexedVersion? {
    guard number > 0, number < .max else { return nil }
    return try first(of: dataset, before: number + 1) { $0.number == number ? .take : .none }
  }

  /// The newest version of a dataset.
  package func latestVersion(of dataset: DatasetName) throws(StoreError) -> IndexedVersion? {
    try first(of: dataset) { _ in .take }
  }

  /// The version that a tag names now.
  package func version(of dataset: DatasetName, tag: String) throws(StoreError) -> IndexedVersion? {
    try read { database in
      guard let row = try DatasetRow.find(dataset, database, key),
        let tag = try TagRows.all(of: row, database, key).first(where: { $0.name == tag })
      else { return nil }
      guard let found = try first(of: row, before: tag.number + 1, database, { _ in .take }),
        found.version.number == tag.number
      else { throw IndexDamage(what: "a tag names no version") }
      return found
    }
  }

  /// The version of the highest number that was created at `time` or before.
  package func version(
    of dataset: DatasetName, at time: Timestamp
  ) throws(StoreError) -> IndexedVersion? {
    try first(of: dataset) { $0.createdAt <= time ? .take : .pass }
  }

  /// The version that was published with that idempotency key.
  package func version(
    of dataset: DatasetName, idempotencyKey: String
  ) throws(StoreError) -> IndexedVersion? {
    try first(of: dataset) {
      $0.idempotencyKey?.hasBytes(of: idempotencyKey) == true ? .take : .pass
    }
  }

  /// The idempotency keys of the versions after number `number`, the newest first.
  package func idempotencyKeys(
    of dataset: DatasetName, after number: Int
  ) throws(StoreError) -> [String] {
    try read { database in
      guard let row = try DatasetRow.find(dataset, database, key) else { return [] }
      var keys: [String] = []
      try VersionRow.scan(of: row, database, key) { version in
        guard version.number > number else { return true }
        if let key = version.idempotencyKey { keys.append(key) }
        return false
      }
      return keys
    }
  }

  /// The newest version whose snapshot digest begins with these (1 to 64) hexadecimal digits.
  /// - Throws: `usage` listing the candidates when different snapshots do.
  package func version(
    of dataset: DatasetName, digestPrefix: String
  ) throws(StoreError) -> IndexedVersion? {
    guard let low = Self.digest(digestPrefix, paddedWith: "0"),
      let high = Self.digest(digestPrefix, paddedWith: "f")
    else { return nil }
    return try read { database in
      guard let row = try DatasetRow.find(dataset, database, key) else { return nil }
      var newest: [Digest: Int] = [:]
      try VersionRow.scan(of: row, database, key) { version in
        if version.snapshot >= low, version.snapshot <= high, newest[version.snapshot] == nil {
          newest[version.snapshot] = version.number
        }
        return false
      }
      guard newest.count <= 1 else { throw Self.ambiguous(dataset, digestPrefix, newest) }
      guard let number = newest.values.first else { return nil }
      return try first(of: row, before: number + 1, database) { _ in .take }
    }
  }

  private static func ambiguous(
    _ dataset: DatasetName, _ prefix: String, _ newest: [Digest: Int]
  ) -> StoreError {
    let candidates = newest.sorted { $0.key < $1.key }.prefix(5)
      .map { "\($0.key) (version \($0.value))" }
    return StoreError(
      .usage,
      "\(dataset)@sha256:\(prefix) could be \(candidates.joined(separator: " or "))"
        + (newest.count > 5 ? " or others" : "") + "; write more digits")
  }

  /// Versions of a dataset, the newest first: those before number `before`, at most `limit`.
  package func versions(
    of dataset: DatasetName, before: Int? = nil, limit: Int = Int.max
  ) throws(StoreError) -> [IndexedVersion] {
    guard limit > 0 else { return [] }
    return try read { database in
      guard let row = try DatasetRow.find(dataset, database, key) else { return [] }
      var found: [VersionRow] = []
      try VersionRow.scan(of: row, before: before ?? .max, database, key) { version in
        found.append(version)
        return found.count == limit
      }
      return try found.map { try indexed($0, of: row, database) }
    }
  }

  /// The decision of a search about a version.
  private enum Choice {
    /// The version is the result.
    case take
    /// An older version may be the result.
    case pass
    /// Neither this version nor an older one is the result.
    case none
  }

  private func first(
    of dataset: DatasetName, before: Int = .max, _ choose: (VersionRow) -> Choice
  ) throws(StoreError) -> IndexedVersion? {
    try read { database in
      guard let row = try DatasetRow.find(dataset, database, key) else { return nil }
      return try first(of: row, before: before, database, choose)
    }
  }

  private func first(
    of dataset: DatasetRow, before: Int, _ database: Database, _ choose: (VersionRow) -> Choice
  ) throws -> IndexedVersion? {
    var found: VersionRow?
    try VersionRow.scan(of: dataset, before: before, database, key) { version in
      switch choose(version) {
      case .take: found = version
      case .pass: return false
      case .none: break
      }
      return true
    }
    return try found.map { try indexed($0, of: dataset, database) }
  }

  /// Reads a version by way of its record, which carries a digest.
  private func indexed(
    _ row: VersionRow, of dataset: DatasetRow, _ database: Database
  ) throws -> IndexedVersion {
    let found = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT sequence, digest, json, texts, checksum FROM record
          WHERE dataset = ? AND sequence = ?
          """),
      arguments: [dataset.id, row.sequence])
    guard let found else { throw IndexDamage(what: "a version has no record") }
    let record = try RecordRows.record(found, of: dataset, key)
    guard case .version(let version) = record.change, version.number == row.number,
      version.snapshot == row.snapshot
    else { throw IndexDamage(what: "a version differs from its record") }
    return IndexedVersion(record: record, version: version)
  }

  private static func digest(_ prefix: String, paddedWith digit: Character) -> Digest? {
    let missing = 2 * Digest.byteCount - prefix.utf8.count
    guard missing >= 0, !prefix.isEmpty else { return nil }
    return Hex.decode((prefix + String(repeating: digit, count: missing)).utf8).flatMap {
      Digest($0)
    }
  }
}
