import GRDB
package import Model

extension Index {
  /// All datasets with their newest records, sorted by name.
  package func datasets() throws(StoreError) -> [DatasetHead] {
    try readOnce { database in
      try Row.fetchAll(
        database.cachedStatement(sql: RecordRows.headQuery + " ORDER BY dataset.name")
      ).map(RecordRows.head)
    }
  }

  /// The newest record of a dataset; nil when the index knows no such dataset.
  package func head(of dataset: DatasetName) throws(StoreError) -> DatasetHead? {
    try readOnce { database in
      try Row.fetchOne(
        database.cachedStatement(sql: RecordRows.headQuery + " WHERE dataset.name = ?"),
        arguments: [dataset.text]
      ).map(RecordRows.head)
    }
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
    try readOnce { database in
      try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT sequence, digest, json, texts FROM record
            WHERE dataset = (SELECT id FROM dataset WHERE name = ?) AND sequence < ?
            ORDER BY sequence DESC LIMIT ?
            """),
        arguments: [dataset.text, before ?? Int.max, limit]
      ).map { try RecordRows.record($0, of: dataset) }
    }
  }

  /// The tags of a dataset and where they are now, sorted by name.
  package func tags(of dataset: DatasetName) throws(StoreError) -> [IndexedTag] {
    try readOnce { database in
      try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT name, number, sequence FROM tag
            WHERE dataset = (SELECT id FROM dataset WHERE name = ?) ORDER BY name
            """),
        arguments: [dataset.text]
      ).map { IndexedTag(name: $0["name"], number: $0["number"], sequence: $0["sequence"]) }
    }
  }
}
