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
    SELECT kind, pack, offset, frames, base, depth, null_count, minimum, maximum, checksum
    FROM object WHERE digest = ?
    """
  // Of several copies the one with the fewest deltas to apply: see 0001-index.sql.
  private static let insertion = """
    INSERT INTO object
      (digest, kind, pack, offset, frames, base, depth, null_count, minimum, maximum, checksum)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (digest) DO UPDATE SET
      kind = excluded.kind, pack = excluded.pack, offset = excluded.offset,
      frames = excluded.frames, base = excluded.base, depth = excluded.depth,
      null_count = excluded.null_count, minimum = excluded.minimum, maximum = excluded.maximum,
      checksum = excluded.checksum
    WHERE excluded.depth < object.depth
    """

  private let database: Database
  private let statement: OpaquePointer
  private var lastPack: PackRow?

  /// Looks objects up within one access to the database.
  init(_ database: Database) throws {
    self.database = database
    unsafe self.statement = try database.cachedStatement(sql: Self.lookup).sqliteStatement
  }

  /// Returns the place of an object; nil without one of that digest.
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
    let sizes = column(3)
    let kind = ObjectEntry.Kind(
      rawValue: UInt8(truncatingIfNeeded: unsafe sqlite3_column_int(statement, 0)))
    guard let kind, (kind == .delta) == (base != nil), let frames = [FrameSize](encoded: sizes)
    else { throw IndexDamage(what: "an object is not one that a pack can hold") }
    let object = ObjectEntry(
      digest: digest, kind: kind,
      offset: UInt64(bitPattern: unsafe sqlite3_column_int64(statement, 2)), frames: frames,
      base: base, depth: Int(unsafe sqlite3_column_int(statement, 5)),
      statistics: nullCount.map {
        ChunkStatistics(
          nullCount: Int($0),
          minimum: UInt64(bitPattern: unsafe sqlite3_column_int64(statement, 7)),
          maximum: UInt64(bitPattern: unsafe sqlite3_column_int64(statement, 8)))
      })
    let pack = try pack(unsafe sqlite3_column_int64(statement, 1), index)
    guard
      unsafe Self.checksum(object, frames: sizes, pack, index.key)
        == sqlite3_column_int64(statement, 9)
    else { throw IndexDamage(what: "an object is not what was written") }
    return ObjectLocation(
      pack: pack.pack.name, trailerChecksum: pack.pack.trailerChecksum, object: object)
  }

  /// The trailerChecksum ties the row to the very file that was indexed.
  private static func checksum(
    _ object: ObjectEntry, frames: [UInt8], _ pack: PackRow, _ key: RowChecksum
  ) -> Int64 {
    var sum = key.of(.object)
    sum.combine(object.digest)
    sum.combine(UInt64(object.kind.rawValue))
    sum.combine(Int(pack.id))
    sum.combine(pack.pack.trailerChecksum)
    sum.combine(object.offset)
    sum.combine(frames)
    if let base = object.base { sum.combine(base) }
    sum.combine(object.depth)
    if let statistics = object.statistics {
      sum.combine(UInt64(statistics.nullCount))
      sum.combine(statistics.minimum)
      sum.combine(statistics.maximum)
    }
    return sum.value
  }

  private func column(_ number: Int32) -> [UInt8] {
    let count = unsafe Int(sqlite3_column_bytes(statement, number))
    return unsafe Array(
      UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, number), count: count))
  }

  private mutating func pack(_ id: Int64, _ index: Index) throws -> PackRow {
    if let lastPack, lastPack.id == id { return lastPack }
    if let known = index.packRows.withLock({ $0[id] }) {
      lastPack = known
      return known
    }
    let row = try PackRow.find(id, database, index.key)
    index.packRows.withLock { $0[id] = row }
    lastPack = row
    return row
  }

  /// Adds the objects of a pack.
  static func insert(
    _ objects: [ObjectEntry], pack: PackRow, _ database: Database, _ key: RowChecksum
  ) throws {
    guard !objects.isEmpty else { return }
    let statement = unsafe try database.cachedStatement(sql: insertion).sqliteStatement
    for object in objects {
      let sizes = object.frames.encoded
      let code = unsafe withBytes(of: object.digest) { digest in
        unsafe sizes.withUnsafeBytes { frames in
          unsafe withBytes(of: object.base ?? object.digest) { base in
            unsafe bind(digest, at: 1, to: statement)
            unsafe sqlite3_bind_int64(statement, 2, Int64(object.kind.rawValue))
            unsafe sqlite3_bind_int64(statement, 3, pack.id)
            unsafe sqlite3_bind_int64(statement, 4, Int64(bitPattern: object.offset))
            unsafe bind(frames, at: 5, to: statement)
            if object.base != nil { unsafe bind(base, at: 6, to: statement) }
            unsafe sqlite3_bind_int64(statement, 7, Int64(object.depth))
            if let statistics = object.statistics {
              unsafe sqlite3_bind_int64(statement, 8, Int64(statistics.nullCount))
              unsafe sqlite3_bind_int64(statement, 9, Int64(bitPattern: statistics.minimum))
              unsafe sqlite3_bind_int64(statement, 10, Int64(bitPattern: statistics.maximum))
            }
            unsafe sqlite3_bind_int64(statement, 11, checksum(object, frames: sizes, pack, key))
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
