import GRDB
import Model

/// The row of a pack: the file that objects are read from.
struct PackRow: Sendable {
  private static let columns = "id, name, bytes, seal, checksum"

  let id: Int64
  let pack: KnownPack

  /// The pack of that name; nil when there is none.
  static func find(_ name: String, _ database: Database, _ key: RowChecksum) throws -> PackRow? {
    let row = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT \(columns) FROM pack WHERE name = ?"),
      arguments: [name])
    guard let found = try row.map({ try PackRow($0, key) }) else { return nil }
    guard found.pack.name == name else { throw IndexDamage(what: "a pack has another name") }
    return found
  }

  /// The pack that an object's row names.
  static func find(_ id: Int64, _ database: Database, _ key: RowChecksum) throws -> PackRow {
    let row = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT \(columns) FROM pack WHERE id = ?"), arguments: [id])
    guard let row else { throw IndexDamage(what: "an object is in no pack") }
    return try PackRow(row, key)
  }

  static func all(_ database: Database, _ key: RowChecksum) throws -> [PackRow] {
    try Row.fetchAll(
      database.cachedStatement(sql: "SELECT \(columns) FROM pack ORDER BY name")
    ).map { try PackRow($0, key) }
  }

  private init(_ row: Row, _ key: RowChecksum) throws {
    id = try row.decode(forColumn: "id")
    pack = KnownPack(
      name: try row.decode(forColumn: "name"), byteCount: try row.decode(forColumn: "bytes"),
      trailerChecksum: UInt64(bitPattern: try row.decode(forColumn: "seal")))
    guard try row.decode(forColumn: "checksum") == Self.checksum(id, pack, key) else {
      throw IndexDamage(what: "a pack is not what was written")
    }
  }

  private static func checksum(_ id: Int64, _ pack: KnownPack, _ key: RowChecksum) -> Int64 {
    var sum = key.of(.pack)
    sum.combine(Int(id))
    sum.combine(pack.name)
    sum.combine(pack.byteCount)
    sum.combine(pack.trailerChecksum)
    return sum.value
  }

  /// Adds a pack, whose id is given with the row: ids are never given twice.
  static func insert(
    _ pack: KnownPack, _ database: Database, _ key: RowChecksum
  ) throws -> PackRow {
    try database.cachedStatement(sql: "INSERT INTO pack (name, bytes, seal) VALUES (?, ?, ?)")
      .execute(arguments: [pack.name, pack.byteCount, Int64(bitPattern: pack.trailerChecksum)])
    let id = database.lastInsertedRowID
    try database.cachedStatement(sql: "UPDATE pack SET checksum = ? WHERE id = ?")
      .execute(arguments: [checksum(id, pack, key), id])
    return PackRow(id: id, pack: pack)
  }

  private init(id: Int64, pack: KnownPack) {
    self.id = id
    self.pack = pack
  }
}
