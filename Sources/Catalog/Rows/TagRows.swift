import GRDB
import Model

/// The rows of a dataset's tags, which are checked one by one and all together.
enum TagRows {
  private static func checksum(
    _ tag: IndexedTag, _ dataset: Int64, _ key: RowChecksum
  ) -> Int64 {
    var sum = key.of(.tag)
    sum.combine(Int(dataset))
    sum.combine(tag.name)
    sum.combine(tag.number)
    sum.combine(tag.sequence)
    return sum.value
  }

  /// All tags of a dataset, sorted by name.
  static func all(
    of dataset: DatasetRow, _ database: Database, _ key: RowChecksum
  ) throws -> [IndexedTag] {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT name, number, sequence, checksum FROM tag WHERE dataset = ? ORDER BY name"),
      arguments: [dataset.id])
    var sum: Int64 = 0
    let tags = try rows.map { row in
      let tag = IndexedTag(
        name: try row.decode(forColumn: "name"), number: try row.decode(forColumn: "number"),
        sequence: try row.decode(forColumn: "sequence"))
      let checksum = checksum(tag, dataset.id, key)
      guard try row.decode(forColumn: "checksum") == checksum else {
        throw IndexDamage(what: "a tag is not what was written")
      }
      sum &+= checksum
      return tag
    }
    guard tags.count == dataset.tags, sum == dataset.tagSum else {
      throw IndexDamage(what: "a tag is missing")
    }
    return tags
  }

  /// Takes in that a tag was moved or removed by record `sequence`.
  static func apply(
    _ change: TagRecord, sequence: Int, to dataset: inout DatasetRow, _ database: Database,
    _ key: RowChecksum
  ) throws {
    let old = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT checksum FROM tag WHERE dataset = ? AND name = ?"),
      arguments: [dataset.id, change.name])
    if let old {
      let statement = try database.cachedStatement(
        sql: "DELETE FROM tag WHERE dataset = ? AND name = ?")
      try statement.execute(arguments: [dataset.id, change.name])
      dataset.tags -= 1
      dataset.tagSum &-= try old.decode(forColumn: "checksum")
    }
    guard let number = change.number else { return }
    let tag = IndexedTag(name: change.name, number: number, sequence: sequence)
    let checksum = checksum(tag, dataset.id, key)
    let statement = try database.cachedStatement(
      sql: "INSERT INTO tag (dataset, name, number, sequence, checksum) VALUES (?, ?, ?, ?, ?)")
    try statement.execute(arguments: [dataset.id, tag.name, number, sequence, checksum])
    dataset.tags += 1
    dataset.tagSum &+= checksum
  }
}
