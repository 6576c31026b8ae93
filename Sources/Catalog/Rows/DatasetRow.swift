import GRDB
import Model

/// The row of a dataset: its newest record, and the counts of its versions and tags.
struct DatasetRow {
  static let columns = "id, name, head_sequence, head_digest, versions, tags, tag_sum, checksum"

  /// 0 for a row that is not in the table yet.
  var id: Int64 = 0
  let name: DatasetName
  var headSequence = 0
  var headDigest = Digest(zero: ())
  /// The number of the newest version; numbers run from 1 without gaps.
  var versions = 0
  /// The number of tags, and the sum of their checksums.
  var tags = 0
  var tagSum: Int64 = 0

  /// A dataset without any record yet.
  init(_ name: DatasetName) { self.name = name }

  /// The dataset of that name; nil when there is none.
  static func find(
    _ name: DatasetName, _ database: Database, _ key: RowChecksum
  ) throws -> DatasetRow? {
    let row = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT \(columns) FROM dataset WHERE name = ?"),
      arguments: [name.text])
    guard let found = try row.map({ try DatasetRow($0, key) }) else { return nil }
    guard found.name == name else { throw IndexDamage(what: "a dataset has another name") }
    return found
  }

  /// Reads a row and checks it.
  init(_ row: Row, _ key: RowChecksum) throws {
    guard let name = try? DatasetName(row.decode(forColumn: "name")) else {
      throw IndexDamage(what: "a dataset has no name")
    }
    self.name = name
    id = try row.decode(forColumn: "id")
    headSequence = try row.decode(forColumn: "head_sequence")
    headDigest = try RecordRows.digest(row.decode(forColumn: "head_digest"))
    versions = try row.decode(forColumn: "versions")
    tags = try row.decode(forColumn: "tags")
    tagSum = try row.decode(forColumn: "tag_sum")
    guard try row.decode(forColumn: "checksum") == checksum(key), headSequence > 0, versions >= 0
    else {
      throw IndexDamage(what: "a dataset is not what was written")
    }
  }

  var head: DatasetHead {
    DatasetHead(dataset: name, sequence: headSequence, digest: headDigest)
  }

  private func checksum(_ key: RowChecksum) -> Int64 {
    var sum = key.of(.dataset)
    sum.combine(Int(id))
    sum.combine(name.text)
    sum.combine(headSequence)
    sum.combine(headDigest)
    sum.combine(versions)
    sum.combine(tags)
    sum.combine(Int(tagSum))
    return sum.value
  }

  /// Gives a new dataset its id.
  mutating func insert(_ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT INTO dataset (name, head_sequence, head_digest) VALUES (?, 0, ?)")
    try statement.execute(arguments: [name.text, RecordRows.blob(headDigest.bytes)])
    id = database.lastInsertedRowID
  }

  /// Writes what has changed.
  func update(_ database: Database, _ key: RowChecksum) throws {
    let statement = try database.cachedStatement(
      sql: """
        UPDATE dataset SET head_sequence = ?, head_digest = ?, versions = ?, tags = ?, tag_sum = ?,
          checksum = ? WHERE id = ?
        """)
    try statement.execute(
      arguments: [
        headSequence, RecordRows.blob(headDigest.bytes), versions, tags, tagSum, checksum(key), id,
      ])
  }
}
