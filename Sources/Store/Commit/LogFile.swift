import Columns
import Model
import Objects

/// A file of a log: a pack whose last object is the record.
///
/// The texts of a saved version lie before its record, as an object of the kind of records:
/// programs of format 1 index such a file, find the record, and say that a newer program wrote it.
struct LogFile {
  let name: String
  private let entries: [ObjectEntry]
  private let pack: PackIndex?

  /// The file `name`, whose index was read.
  init(_ name: String, _ pack: PackIndex) {
    self.name = name
    entries = pack.entries.filter { $0.kind == .record }
    self.pack = pack
  }

  /// A file of which these entries are known.
  init(_ name: String, _ entries: [ObjectEntry]) {
    self.name = name
    self.entries = entries.filter { $0.kind == .record }
    pack = nil
  }

  /// Appends a record, and the texts that it names, to what a commit writes.
  static func append(
    _ record: LogRecord, to log: inout PackWriter, _ compressor: borrowing Compressor
  ) throws(StoreError) {
    if let texts = record.texts {
      try log.append(
        Digest(hashing: texts), .record, frames: [try compressor.frame(texts)])
    }
    try log.append(
      record.digest, .record, frames: [try compressor.frame(record.bytes)])
  }

  /// Reads the record.
  /// - Throws: ``StoreError``: `corrupt` when it is damaged, `unavailable` when a newer program
  ///   wrote it; both name the file.
  func record(_ objects: any ObjectStore) throws(StoreError) -> LogRecord {
    guard let entry = entries.last else {
      throw StoreError(.corrupt, "\(name) holds no record; restore it from a copy")
    }
    guard entries.count <= 2 else {
      throw .newer("\(name) is whole, but holds objects that this program does not know")
    }
    let decoder = try ChunkDecoder()
    let bytes = try self.bytes(of: entry, objects, decoder)
    let texts =
      entries.count == 2 ? try self.bytes(of: entries[0], objects, decoder) : nil
    do throws(StoreError) {
      return try LogRecord(parsing: bytes, texts: texts)
    } catch {
      // What its digest holds for was written like that.
      var unreadable = StoreError(error.kind, "\(name) is whole, but \(error.message)")
      unreadable.detail = error.detail
      throw unreadable
    }
  }

  private func bytes(
    of entry: ObjectEntry, _ objects: any ObjectStore, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> [UInt8] {
    var stored = pack?.payload(entry) ?? []
    if stored.isEmpty {
      stored = try objects.get(name, at: Int(entry.offset), count: entry.storedBytes)
    }
    let bytes: [UInt8]
    do throws(StoreError) {
      bytes = try decoder.bytes(of: StoredChunk(bytes: stored, frames: entry.frames))
    } catch {
      throw StoreError(error.kind, "\(name): \(error.message); restore it from a copy")
    }
    guard Digest(hashing: bytes) == entry.digest else { throw Self.damaged(name) }
    return bytes
  }

  /// The error for a file whose record is not the one that was written.
  static func damaged(_ name: String) -> StoreError {
    StoreError(.corrupt, "\(name) holds a damaged record; restore it from a copy")
  }
}
