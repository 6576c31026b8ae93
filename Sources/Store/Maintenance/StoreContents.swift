import Columns
import Model
import Objects

/// Every object of a store according to its files, whatever the index has.
///
/// For `verify` and `gc`, which must not believe derived state.
struct StoreContents: Sendable {
  /// An object in a file.
  struct Object: Sendable {
    let pack: String
    let entry: ObjectEntry
  }

  /// A file of `log/` or `packs/` that could be opened.
  struct File: Sendable {
    let name: String
    let bytes: Int
    /// The checksum in its trailer.
    let trailerChecksum: UInt64
    let entries: [ObjectEntry]

    init(_ name: String, _ pack: PackIndex) {
      self.name = name
      bytes = pack.byteCount
      trailerChecksum = pack.trailerChecksum
      entries = pack.entries
    }
  }

  private(set) var files: [File] = []
  /// The copy with the fewest deltas to apply, of objects stored several times.
  private(set) var objects: [Digest: Object] = [:]
  private(set) var records: [DatasetName: [LogRecord]] = [:]

  mutating func add(_ file: File) {
    files.append(file)
    for entry in file.entries where entry.kind != .record {
      if let known = objects[entry.digest], known.entry.depth <= entry.depth { continue }
      objects[entry.digest] = Object(pack: file.name, entry: entry)
    }
  }

  mutating func add(_ record: LogRecord) { records[record.dataset, default: []].append(record) }

  /// Puts records in the order of their logs, in which files were not read.
  mutating func sortRecords() {
    for dataset in records.keys { records[dataset]?.sort { $0.sequence < $1.sequence } }
  }

  /// An object's stored bytes.
  func stored(_ object: Object, _ store: any ObjectStore) throws(StoreError) -> StoredChunk {
    StoredChunk(
      bytes: try store.get(
        object.pack, at: Int(object.entry.offset), count: object.entry.storedBytes),
      frames: object.entry.frames)
  }

  /// The bytes of a manifest; nil when it is missing or damaged.
  func manifest(
    _ digest: Digest, _ store: any ObjectStore, _ decoder: borrowing ChunkDecoder
  ) -> [UInt8]? {
    guard let object = objects[digest], let chunk = try? stored(object, store),
      let bytes = try? decoder.bytes(of: chunk), Digest(hashing: bytes) == digest
    else { return nil }
    return bytes
  }

  /// The objects over which the copies of each object are stored.
  func bases() -> [Digest: Set<Digest>] {
    var bases: [Digest: Set<Digest>] = [:]
    for file in files {
      for entry in file.entries {
        if let base = entry.base { bases[entry.digest, default: []].insert(base) }
      }
    }
    return bases
  }

  /// The contents of the files at this time.
  static func read(_ store: any ObjectStore) throws(StoreError) -> StoreContents {
    var contents = StoreContents()
    for name in try names(store) where StoreLayout.isPack(name) {
      do throws(StoreError) {
        contents.add(File(name, try PackReader.readIndex(store, name)))
      } catch  where error.kind == .missing && StoreLayout.parsePackName(name) != nil {
        // It was collected meanwhile, so no version needs it.
      }
    }
    return contents
  }

  /// The names of all files where commits are, logs first; others may have put theirs among them.
  static func names(_ store: any ObjectStore) throws(StoreError) -> [String] {
    let logs = try store.list(StoreLayout.logs)
    return logs + (try store.list(StoreLayout.packs))
  }
}
