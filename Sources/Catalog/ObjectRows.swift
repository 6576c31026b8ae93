import GRDB
import GRDBSQLite
import Model
import Synchronization

/// Reads and writes rows of the object table by SQLite's own calls, one statement for all of them.
///
/// A commit writes thousands of these and a scan looks up thousands, so rows do not become GRDB's
/// values on their way: that costs several times the lookup. Safe because the database, which
/// `self` is not to outlive, keeps the statement.
@safe struct ObjectRows {
  private static let lookup = """
    SELECT kind, pack, offset, frames, base, depth, null_count, minimum, maximum
    FROM object WHERE digest = ?
    """
  // Of several copies the one with the fewest deltas to apply: see 0001-index.sql.
  private static let insertion = """
    INSERT INTO object
      (digest, kind, pack, offset, frames, base, depth, null_count, minimum, maximum)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (digest) DO UPDATE SET
      kind = excluded.kind, pack = excluded.pack, offset = excluded.offset,
      frames = excluded.frames, base = excluded.base, depth = excluded.depth,
      null_count = excluded.null_count, minimum = excluded.minimum, maximum = excluded.maximum
    WHERE excluded.depth < object.depth
    """

  private let database: Database
  private let statement: OpaquePointer
  private var lastPack: (id: Int64, name: String)?

  /// Looks objects up within one access to the database.
  init(_ database: Database) throws {
    self.database = database
    unsafe self.statement = try database.cachedStatement(sql: Self.lookup).sqliteStatement
  }

  /// Where an object is; nil when there is none of that digest.
  mutating func find(_ digest: Digest, _ index: Index) throws -> ObjectLocation? {
    defer { unsafe sqlite3_reset(statement) }
    unsafe Self.withBytes(of: digest) { unsafe Self.bind($0, at: 1, to: statement) }
    switch unsafe sqlite3_step(statement) {
    case SQLITE_DONE: return nil
    case SQLITE_ROW: break
    case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
    }
    let base: Digest? =
      unsafe sqlite3_column_type(statement, 4) == SQLITE_NULL
      ? nil : try RecordRows.digest(bytes: column(4))
    let nullCount =
      unsafe sqlite3_column_type(statement, 6) == SQLITE_NULL
      ? nil : UInt32(exactly: unsafe sqlite3_column_int64(statement, 6))
    let object = IndexedObject(
      digest: digest, kind: UInt8(truncatingIfNeeded: unsafe sqlite3_column_int(statement, 0)),
      offset: UInt64(bitPattern: unsafe sqlite3_column_int64(statement, 2)), frames: column(3),
      base: base, depth: Int(unsafe sqlite3_column_int(statement, 5)),
      statistics: nullCount.map {
        IndexedObject.Statistics(
          nullCount: $0, minimum: UInt64(bitPattern: unsafe sqlite3_column_int64(statement, 7)),
          maximum: UInt64(bitPattern: unsafe sqlite3_column_int64(statement, 8)))
      })
    return ObjectLocation(
      pack: try packName(unsafe sqlite3_column_int64(statement, 1), index), object: object)
  }

  private func column(_ number: Int32) -> [UInt8] {
    let count = unsafe Int(sqlite3_column_bytes(statement, number))
    return unsafe Array(
      UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, number), count: count))
  }

  private mutating func packName(_ id: Int64, _ index: Index) throws -> String {
    if let lastPack, lastPack.id == id { return lastPack.name }
    if let name = index.packNames.withLock({ $0[id] }) {
      lastPack = (id, name)
      return name
    }
    let name = try String.fetchOne(
      database.cachedStatement(sql: "SELECT name FROM pack WHERE id = ?"), arguments: [id])
    guard let name else { throw IndexDamage(what: "an object is in no pack") }
    index.packNames.withLock { $0[id] = name }
    lastPack = (id, name)
    return name
  }

  /// Adds the objects of a pack.
  static func insert(_ objects: [IndexedObject], pack: Int64, _ database: Database) throws {
    guard !objects.isEmpty else { return }
    let statement = unsafe try database.cachedStatement(sql: insertion).sqliteStatement
    for object in objects {
      let code = unsafe withBytes(of: object.digest) { digest in
        unsafe object.frames.withUnsafeBytes { frames in
          unsafe withBytes(of: object.base ?? object.digest) { base in
            unsafe bind(digest, at: 1, to: statement)
            unsafe sqlite3_bind_int64(statement, 2, Int64(object.kind))
            unsafe sqlite3_bind_int64(statement, 3, pack)
            unsafe sqlite3_bind_int64(statement, 4, Int64(bitPattern: object.offset))
            unsafe bind(frames, at: 5, to: statement)
            if object.base != nil { unsafe bind(base, at: 6, to: statement) }
            unsafe sqlite3_bind_int64(statement, 7, Int64(object.depth))
            if let statistics = object.statistics {
              unsafe sqlite3_bind_int64(statement, 8, Int64(statistics.nullCount))
              unsafe sqlite3_bind_int64(statement, 9, Int64(bitPattern: statistics.minimum))
              unsafe sqlite3_bind_int64(statement, 10, Int64(bitPattern: statistics.maximum))
            }
            let code = unsafe sqlite3_step(statement)
            unsafe sqlite3_reset(statement)
            unsafe sqlite3_clear_bindings(statement)
            return code
          }
        }
      }
      guard code == SQLITE_DONE else {
        throw DatabaseError(resultCode: ResultCode(rawValue: code))
      }
    }
  }

  /// Binds bytes that stay where they are until the statement has been stepped.
  ///
  /// An empty blob is not NULL, so its address must not be nil.
  private static func bind(
    _ bytes: UnsafeRawBufferPointer, at number: Int32, to statement: OpaquePointer
  ) {
    if unsafe bytes.isEmpty {
      unsafe sqlite3_bind_zeroblob(statement, number, 0)
    } else {
      unsafe sqlite3_bind_blob(statement, number, bytes.baseAddress, Int32(bytes.count), nil)
    }
  }

  private static func withBytes<Result>(
    of digest: Digest, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let words = (
      digest.word0.bigEndian, digest.word1.bigEndian, digest.word2.bigEndian,
      digest.word3.bigEndian
    )
    return unsafe Swift.withUnsafeBytes(of: words) { unsafe body($0) }
  }
}
