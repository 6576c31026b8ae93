import Catalog
import Foundation
package import Model
package import Objects
import Synchronization

/// A store: versioned datasets in a folder, through one commit protocol (docs/format.md).
///
/// Any thread may call, and any number of processes may share the folder: writers race for the next
/// log file, which exactly one of them creates, and readers are never blocked. Everything read is
/// first caught up with the logs, so what another process committed is seen.
package final class Store: Sendable {
  let objects: any ObjectStore
  /// Attachments that come in parts.
  let uploads: PartialUploads
  /// The folder itself, for rows that are appended: their files grow, which objects never do.
  let disk: any Disk
  let index: Index
  let keeper: IndexKeeper
  let chunks: ChunkStore
  /// Versions of datasets, newest first, by the digest of the newest record.
  let histories = GenerationCache<Digest, [Version]>(cost: 1 << 16)
  /// What modules above keep with the store, one object of a type.
  private let companions = Mutex<[ObjectIdentifier: any Sendable]>([:])
  /// Tells the time of commits; tests put their own in place.
  package let clock: @Sendable () -> Timestamp
  /// Takes what went wrong with something that was done all the same, in a sentence.
  package let warn: @Sendable (String) -> Void
  /// The store's random identity.
  package let id: String
  /// The folder the store is in.
  package let path: String

  /// How much decoded data and pack bytes a store keeps in memory unless told otherwise.
  package static let defaultCacheBytes = 256 << 20

  /// Opens the store at `path`.
  /// - Parameter toleratesDamage: whether a damaged format file is no reason to refuse: it is for
  ///   `verify` to report.
  /// - Throws: ``StoreError``: `missing` when there is no store, `unavailable` when a newer program
  ///   wrote it, `corrupt` when its format file is damaged.
  package init(
    path: String, disk: (any Disk)? = nil, cacheBytes: Int = Store.defaultCacheBytes,
    toleratesDamage: Bool = false, clock: @escaping @Sendable () -> Timestamp = Store.systemClock,
    warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(StoreError) {
    let disk = disk ?? PosixDisk(root: path)
    let objects = LocalObjectStore(disk: disk)
    guard try objects.status(of: StoreLayout.formatFile) != nil else {
      throw StoreError(.missing, "there is no store at \(path); make one with 'assay init'")
    }
    do throws(StoreError) {
      id = try StoreFormat(parsing: try objects.get(StoreLayout.formatFile)).id
    } catch  where error.kind == .corrupt && toleratesDamage {
      id = ""
    }
    self.path = path
    self.objects = objects
    uploads = PartialUploads(within: objects)
    self.disk = disk
    self.clock = clock
    self.warn = warn
    index = try Self.openIndex(path, id)
    keeper = IndexKeeper(objects: objects, index: index)
    chunks = ChunkStore(objects: objects, keeper: keeper, cacheBytes: cacheBytes)
  }

  /// Makes a new store in the folder `path`, which is made when it is not there.
  /// - Throws: ``StoreError``: `conflict` when there is one, `denied` or `exhausted` when the disk
  ///   refuses.
  package static func create(path: String, disk: (any Disk)? = nil) throws(StoreError) {
    if disk == nil {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true)
      } catch {
        throw StoreError(
          .denied, "the folder \(path) cannot be made: \(error.localizedDescription)")
      }
    }
    let objects = LocalObjectStore(disk: disk ?? PosixDisk(root: path))
    let format = StoreFormat(id: WriteID.make())
    guard try objects.putIfAbsent(StoreLayout.formatFile, [format.bytes]) else {
      throw StoreError(.conflict, "there is a store at \(path) already")
    }
  }

  /// The object of its type that lives as long as the open store, made when first asked for.
  package func companion<Companion: Sendable>(_ make: () -> Companion) -> Companion {
    companions.withLock { companions in
      let key = ObjectIdentifier(Companion.self)
      if let known = companions[key] as? Companion { return known }
      let made = make()
      companions[key] = made
      return made
    }
  }

  /// For a process that is about to end: skips the index's checkpoint, which the next one makes up.
  package func leaveIndexOpen() { index.leaveOpen() }

  /// The time by the system's clock.
  package static let systemClock: @Sendable () -> Timestamp = {
    Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
  }

  /// The index beside the store, or one in memory where the folder cannot be written.
  private static func openIndex(_ path: String, _ id: String) throws(StoreError) -> Index {
    let file = path + "/" + StoreLayout.indexFile
    do throws(StoreError) {
      return try Index(path: file, store: id)
    } catch  where error.kind == .denied {
      return try Index(path: ":memory:", store: id)
    }
  }
}
