import Catalog
import Foundation
package import Model
package import Objects
import Platform
import Synchronization

/// A store: versioned datasets, through one commit protocol (docs/format.md).
///
/// Any thread may call, and any number of processes may share one: writers race for the next
/// log file, which exactly one of them creates, and readers are never blocked. Everything read is
/// first caught up with the logs, so what another process committed is seen.
package final class Store: Sendable {
  /// The home of its files.
  package let home: StoreHome
  let index: Index
  let keeper: IndexKeeper
  let chunks: ChunkStore
  /// Versions of datasets, newest first, by the digest of the newest record.
  let histories = GenerationCache<Digest, [Version]>(cost: 1 << 16)
  /// The objects that modules above keep with the store, one per type.
  private let companions = Mutex<[ObjectIdentifier: any Sendable]>([:])
  /// The clock for the time of commits; tests use their own.
  package let clock: @Sendable () -> Timestamp
  /// Receives the warnings about actions that succeeded otherwise, each a sentence.
  package let warn: @Sendable (String) -> Void
  /// The store's random identity.
  package let id: String

  var objects: any ObjectStore { home.objects }
  var uploads: PartialUploads { home.uploads }

  /// The default size of the decoded data and pack bytes that a store keeps in memory.
  package static let defaultCacheBytes = 256 << 20

  /// Opens the store in the folder `path`; `disk` takes the place of the system's disk there.
  package convenience init(
    path: String, disk: (any Disk)? = nil, cacheBytes: Int = Store.defaultCacheBytes,
    toleratesDamage: Bool = false, clock: @escaping @Sendable () -> Timestamp = Store.systemClock,
    warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(StoreError) {
    try self.init(
      home: StoreHome(path: path, disk: disk), cacheBytes: cacheBytes,
      toleratesDamage: toleratesDamage, clock: clock, warn: warn)
  }

  /// Opens the store at `home`.
  /// - Parameter toleratesDamage: whether a damaged format file is no reason to refuse: it is for
  ///   `verify` to report.
  /// - Throws: ``StoreError``: `missing` when there is no store, `unavailable` when a newer program
  ///   wrote it, `corrupt` when its format file is damaged.
  package init(
    home: StoreHome, cacheBytes: Int = Store.defaultCacheBytes, toleratesDamage: Bool = false,
    clock: @escaping @Sendable () -> Timestamp = Store.systemClock,
    warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(StoreError) {
    let objects = home.objects
    guard try objects.status(of: StoreLayout.formatFile) != nil else {
      throw StoreError(.missing, "there is no store at \(home.name); make one with 'assay init'")
    }
    do throws(StoreError) {
      id = try StoreFormat(parsing: try objects.get(StoreLayout.formatFile)).id
    } catch  where error.kind == .corrupt && toleratesDamage {
      id = ""
    }
    self.home = home
    self.clock = clock
    self.warn = warn
    index = try Self.openIndex(home.indexPath, id)
    keeper = IndexKeeper(objects: objects, index: index, warn: warn)
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
    try create(at: StoreHome(path: path, disk: disk))
  }

  /// Makes a new store at `home`.
  /// - Throws: ``StoreError``: `conflict` when there is one, or as its object store does.
  package static func create(at home: StoreHome) throws(StoreError) {
    let format = StoreFormat(id: WriteID.make())
    guard try home.objects.putIfAbsent(StoreLayout.formatFile, [format.bytes]) else {
      throw StoreError(.conflict, "there is a store at \(home.name) already")
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
  package static let systemClock: @Sendable () -> Timestamp = { SystemClock.now() }

  /// The index beside the store, or one in memory where the folder cannot be written or is full.
  private static func openIndex(_ path: String, _ id: String) throws(StoreError) -> Index {
    do throws(StoreError) {
      return try Index(path: path, store: id)
    } catch  where error.kind == .denied || error.kind == .exhausted {
      return try Index(path: ":memory:", store: id)
    }
  }
}
