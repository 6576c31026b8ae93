import Foundation
import GRDB
package import Model

extension Index {
  /// The most bytes of cached aggregates; the oldest are removed for new ones.
  private static let aggregateLimitBytes = 64 << 20

  /// Returns the cached aggregate of a plan; nil without one.
  package func aggregate(_ plan: Digest) throws(StoreError) -> [UInt8]? {
    try readOnce { database in
      try Row.fetchAll(
        database.cachedStatement(sql: "SELECT content, digest FROM aggregate WHERE plan = ?"),
        arguments: [RecordRows.blob(plan.bytes)]
      ).map { try aggregate($0, plan) }
    }.first
  }

  /// Checks that every cached aggregate is what was written.
  package func checkAggregates() throws(StoreError) {
    try readOnce { database in
      let rows = try Row.fetchCursor(database, sql: "SELECT plan, content, digest FROM aggregate")
      while let row = try rows.next() {
        _ = try aggregate(row, RecordRows.digest(row.decode(forColumn: "plan")))
      }
    }
  }

  private func aggregate(_ row: Row, _ plan: Digest) throws -> [UInt8] {
    let content = [UInt8](try row.decode(forColumn: "content") as Data)
    guard digest(content, for: plan) == (try RecordRows.digest(row.decode(forColumn: "digest")))
    else {
      throw IndexDamage(what: "an aggregate is not what was written")
    }
    return content
  }

  private func digest(_ content: [UInt8], for plan: Digest) -> Digest {
    var hasher = DigestHasher()
    hasher.update(Array(store.utf8))
    hasher.update(plan.bytes)
    hasher.update(content)
    return hasher.finalize()
  }

  /// Caches the aggregate of a plan, replacing an earlier one, and removes the oldest above the
  /// limit.
  package func keepAggregate(_ content: [UInt8], for plan: Digest) throws(StoreError) {
    guard content.count <= Self.aggregateLimitBytes / 4 else { return }
    try write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO aggregate (plan, content, digest) VALUES (?, ?, ?)",
        arguments: [
          RecordRows.blob(plan.bytes), RecordRows.blob(content),
          RecordRows.blob(digest(content, for: plan).bytes),
        ])
      try database.execute(
        sql: """
          DELETE FROM aggregate WHERE id IN (
            SELECT id FROM (
              SELECT id, sum(length(content)) OVER (ORDER BY id DESC) AS bytes FROM aggregate)
            WHERE bytes > ?)
          """, arguments: [Self.aggregateLimitBytes])
    }
  }
}
