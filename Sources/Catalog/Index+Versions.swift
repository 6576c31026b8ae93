import GRDB
package import Model

extension Index {
  /// Version `number` of a dataset; nil when there is none.
  package func version(of dataset: DatasetName, number: Int) throws(StoreError) -> IndexedVersion? {
    try version(of: dataset, "version.number = ?", [number]) { $0.number == number }
  }

  /// The newest version of a dataset.
  package func latestVersion(of dataset: DatasetName) throws(StoreError) -> IndexedVersion? {
    try version(of: dataset, "TRUE ORDER BY version.number DESC LIMIT 1", [])
  }

  /// The version that a tag names now.
  package func version(of dataset: DatasetName, tag: String) throws(StoreError) -> IndexedVersion? {
    try version(
      of: dataset,
      "version.number = (SELECT number FROM tag WHERE dataset = version.dataset AND name = ?)",
      [tag])
  }

  /// The newest version created at `time` or before.
  package func version(
    of dataset: DatasetName, at time: Timestamp
  ) throws(StoreError) -> IndexedVersion? {
    try version(
      of: dataset,
      "version.created_at <= ? ORDER BY version.created_at DESC, version.number DESC LIMIT 1",
      [time.microseconds]
    ) { $0.createdAt <= time }
  }

  /// The version that was published with that idempotency key.
  package func version(
    of dataset: DatasetName, idempotencyKey: String
  ) throws(StoreError) -> IndexedVersion? {
    try version(of: dataset, "version.idempotency_key = ?", [idempotencyKey]) {
      $0.idempotencyKey == idempotencyKey
    }
  }

  /// The newest version whose snapshot digest begins with these (1 to 64) hexadecimal digits.
  /// - Throws: `usage` listing the candidates when different snapshots do.
  package func version(
    of dataset: DatasetName, digestPrefix: String
  ) throws(StoreError) -> IndexedVersion? {
    guard let low = Self.blob(digestPrefix, paddedWith: "0"),
      let high = Self.blob(digestPrefix, paddedWith: "f")
    else { return nil }
    let found: [(digest: Digest, number: Int)] = try readOnce { database in
      try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT snapshot, max(number) AS number FROM version
            WHERE dataset = (SELECT id FROM dataset WHERE name = ?) AND snapshot BETWEEN ? AND ?
            GROUP BY snapshot ORDER BY snapshot LIMIT 6
            """),
        arguments: [dataset.text, RecordRows.blob(low), RecordRows.blob(high)]
      ).map { (try RecordRows.digest($0["snapshot"]), $0["number"]) }
    }
    guard let first = found.first else { return nil }
    guard found.count == 1 else {
      let candidates = found.prefix(5).map { "\($0.digest) (version \($0.number))" }
      throw StoreError(
        .usage,
        "\(dataset)@sha256:\(digestPrefix) could be \(candidates.joined(separator: " or "))"
          + (found.count > 5 ? " or others" : "") + "; write more digits")
    }
    return try version(of: dataset, number: first.number)
  }

  /// Versions of a dataset, the newest first: those before number `before`, at most `limit`.
  package func versions(
    of dataset: DatasetName, before: Int? = nil, limit: Int = Int.max
  ) throws(StoreError) -> [IndexedVersion] {
    try versions(
      of: dataset, "version.number < ? ORDER BY version.number DESC LIMIT ?",
      [before ?? Int.max, limit])
  }

  private func version(
    of dataset: DatasetName, _ condition: String, _ arguments: StatementArguments,
    where isAskedFor: (VersionRecord) -> Bool = { _ in true }
  ) throws(StoreError) -> IndexedVersion? {
    try versions(of: dataset, condition, arguments, where: isAskedFor).first
  }

  /// Reads versions by way of their records, which carry a digest: a damaged index must not answer
  /// with another version than was asked for.
  private func versions(
    of dataset: DatasetName, _ condition: String, _ arguments: StatementArguments,
    where isAskedFor: (VersionRecord) -> Bool = { _ in true }
  ) throws(StoreError) -> [IndexedVersion] {
    try readOnce { database in
      let rows = try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT version.number, record.sequence, record.digest, record.json, record.texts
            FROM version
            JOIN record ON record.dataset = version.dataset AND record.sequence = version.sequence
            WHERE version.dataset = (SELECT id FROM dataset WHERE name = ?) AND \(condition)
            """),
        arguments: [dataset.text] + arguments)
      return try rows.map { row in
        let record = try RecordRows.record(row, of: dataset)
        guard case .version(let version) = record.change,
          version.number == row["number"], isAskedFor(version)
        else { throw IndexDamage(what: "a version differs from its record") }
        return IndexedVersion(record: record, version: version)
      }
    }
  }

  private static func blob(_ prefix: String, paddedWith digit: Character) -> [UInt8]? {
    let missing = 2 * Digest.byteCount - prefix.utf8.count
    guard missing >= 0, !prefix.isEmpty else { return nil }
    return Hex.decode((prefix + String(repeating: digit, count: missing)).utf8)
  }
}
