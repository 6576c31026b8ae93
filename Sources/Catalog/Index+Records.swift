import GRDB
package import Model

extension Index {
  /// All datasets with their newest records, sorted by name.
  package func datasets() throws(StoreError) -> [DatasetHead] {
    try readOnce { database in
      try Row.fetchAll(
        database.cachedStatement(
          sql: "SELECT \(DatasetRow.columns) FROM dataset ORDER BY name")
      ).map { try DatasetRow($0, key).head }
    }
  }

  /// The newest record of a dataset; nil when the index knows no such dataset.
  package func head(of dataset: DatasetName) throws(StoreError) -> DatasetHead? {
    try readOnce { database in try DatasetRow.find(dataset, database, key)?.head }
  }

  /// One record of a dataset, by sequence.
  package func record(
    of dataset: DatasetName, sequence: Int
  ) throws(StoreError) -> LogRecord? {
    try records(of: dataset, before: sequence == Int.max ? nil : sequence + 1, limit: 1)
      .first { $0.sequence == sequence }
  }

  /// Records of a dataset, the newest first: those before the sequence `before`, at most `limit`.
  package func records(
    of dataset: DatasetName, before: Int? = nil, limit: Int = Int.max
  ) throws(StoreError) -> [LogRecord] {
    try read { database in
      guard let row = try DatasetRow.find(dataset, database, key) else { return [] }
      let newest = min((before ?? Int.max) - 1, row.headSequence)
      let rows = try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT sequence, digest, json, texts, checksum FROM record
            WHERE dataset = ? AND sequence <= ? ORDER BY sequence DESC LIMIT ?
            """),
        arguments: [row.id, newest, limit])
      guard rows.count == max(0, min(newest, limit)) else {
        throw IndexDamage(what: "a record is missing")
      }
      return try rows.enumerated().map { position, found in
        let record = try RecordRows.record(found, of: row, key)
        guard record.sequence == newest - position else {
          throw IndexDamage(what: "a record is missing")
        }
        return record
      }
    }
  }

  /// Returns the tags of a dataset with the versions they name now, sorted by name.
  package func tags(of dataset: DatasetName) throws(StoreError) -> [IndexedTag] {
    try read { database in
      guard let row = try DatasetRow.find(dataset, database, key) else { return [] }
      return try TagRows.all(of: row, database, key)
    }
  }
}
