import Columns
package import Model

extension Snapshot {
  /// Throws unless all rows have different keys.
  ///
  /// A push checks this, so only versions of builds that took 1 and 1.0 for two keys can fail: it
  /// reads only the key columns that can hold the same value in two spellings.
  /// - Parameter alternative: Half a sentence with an alternative for the caller, where one exists.
  /// - Throws: ``StoreError`` of kind `invalid` that names two rows and the way out.
  package func requireDistinct(
    _ key: [String], alternative: String? = nil
  ) throws(StoreError) {
    guard let twins = try keyTwins(key) else { return }
    throw StoreError(
      .invalid,
      "\(version.reference) has rows whose keys are one: \(twins.first) and \(twins.second) (rows "
        + "\(twins.rows.0 + 1) and \(twins.rows.1 + 1)); it was saved when 1 and 1.0 were two keys. "
        + "Pull it ('assay pull \(version.reference) -o rows.jsonl'), leave one of the two or add "
        + "another key column, and push it again"
        + (alternative.map { "; \($0)" } ?? ""))
  }

  /// The chunks of some columns, row group by row group; a column that is not there has none.
  ///
  /// Where another snapshot has the same, its rows have the same values in the same order.
  package func chunkDigests(of columns: [String]) throws(StoreError) -> [[Digest?]] {
    let decoder = try ChunkDecoder()
    var chunks: [[Digest?]] = []
    for index in manifest.groups.indices {
      let group = try group(index, decoder)
      chunks.append(columns.map { schema.index(of: $0).flatMap { group.chunks[$0] } })
    }
    return chunks
  }

  /// Two rows that have the same key, the earlier first; nil when all keys differ.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  package func keyTwins(
    _ key: [String]
  ) throws(StoreError) -> (rows: (Int, Int), first: String, second: String)? {
    let positions = key.compactMap(schema.index(of:))
    let canHaveTwins = positions.contains {
      schema.columns[$0].type == .float64 || schema.columns[$0].type == .json
    }
    guard canHaveTwins, positions.count == key.count else { return nil }
    let decoder = try ChunkDecoder()
    var table = KeyTable(capacity: rows)
    var first = 0
    var batches: [RowBatch] = []
    for index in manifest.groups.indices {
      let batch = try batch(group: index, columns: positions, decoder)
      batches.append(batch)
      let keys = KeyIdentities(columns: batch.vectors, count: batch.count)
      if let (row, earlier) = table.insert(keys, hashes: keys.hashes) {
        return (
          (earlier, first + row), Self.display(batches, earlier), Self.display([batch], row)
        )
      }
      first += batch.count
    }
    return nil
  }

  private static func display(_ batches: [RowBatch], _ row: Int) -> String {
    var row = row
    for batch in batches {
      if row < batch.count {
        return batch.vectors.map { $0.display(row) }.joined(separator: ", ")
      }
      row -= batch.count
    }
    return ""
  }
}
