import Catalog
import Columns
import Model
import Objects

/// Reads chunks and manifests by their digests, through the index and bounded caches.
///
/// Any thread may call. Everything cached is immutable: entries go by size, by age, and when a
/// newer version supersedes them.
final class ChunkStore: Sendable {
  let objects: any ObjectStore
  private let keeper: IndexKeeper
  /// Small packs by the checksum in their trailer.
  private let packs: GenerationCache<UInt64, [UInt8]>
  private let vectors: GenerationCache<Digest, ColumnVector>
  private let snapshots = GenerationCache<Digest, SnapshotManifest>(cost: 1 << 16)
  private let groups = GenerationCache<Digest, RowGroupManifest>(cost: 1 << 18)

  /// Packs with deltas are read whole up to this size: a chain's deltas lie side by side in them.
  private static let smallPackBytes = 1 << 20

  init(objects: any ObjectStore, keeper: IndexKeeper, cacheBytes: Int) {
    self.objects = objects
    self.keeper = keeper
    packs = GenerationCache(cost: cacheBytes / 4)
    vectors = GenerationCache(cost: cacheBytes)
  }

  /// The location of an object as far as the index knows: for callers who can do without it.
  func object(_ digest: Digest) throws(StoreError) -> ObjectLocation? {
    try objects([digest])[0]
  }

  /// The locations of objects as far as the index knows, in the order of `digests`.
  func objects(_ digests: [Digest]) throws(StoreError) -> [ObjectLocation?] {
    try keeper.repairing { () throws(StoreError) in try keeper.index.objects(digests) }
  }

  /// The locations of objects; nil for those that no file has.
  func locateObjects(_ digests: [Digest]) throws(StoreError) -> [ObjectLocation?] {
    var found: [ObjectLocation?] = []
    _ = try keeper.looking { () throws(StoreError) -> Bool? in
      found = try keeper.index.objects(digests)
      return found.contains { $0 == nil } ? nil : true
    } _: { _ in
    }
    return found
  }

  /// The values of a chunk.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  func vector(
    _ digest: Digest, type: ColumnType, rows: Int, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    if let vector = vectors.value(digest) { return vector }
    return try following(digest) { (chain: [ObjectLocation]) throws(StoreError) in
      try decode(digest, chain, type: type, rows: rows, decoder)
    }
  }

  /// The values of a chunk whose chain is known.
  func vector(
    _ digest: Digest, _ chain: [ObjectLocation], type: ColumnType, rows: Int,
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    if let vector = vectors.value(digest) { return vector }
    do throws(StoreError) {
      return try decode(digest, chain, type: type, rows: rows, decoder)
    } catch  where error.kind == .corrupt {
      // The chain may have been moved since.
      return try vector(digest, type: type, rows: rows, decoder)
    }
  }

  private func decode(
    _ digest: Digest, _ chain: [ObjectLocation], type: ColumnType, rows: Int,
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    var scripts: [RowScript] = []
    var sources: [ColumnVector] = []
    for object in chain {
      let decoded = try naming(object) { () throws(StoreError) in
        try decoder.decode(try read(object))
      }
      guard decoded.values.type == type else { throw Self.damaged(digest, "another type") }
      sources.append(decoded.values)
      guard let script = decoded.script else { break }
      scripts.append(script)
    }
    guard sources.count == chain.count, scripts.count == chain.count - 1,
      let base = sources.last
    else { throw Self.damaged(digest, "a broken chain") }
    var vector = base
    if !scripts.isEmpty {
      let runs = try RowRun.resolve(scripts, baseRows: base.count)
      vector = ColumnVector.gather(runs, from: sources, type: type)
    }
    guard vector.count == rows else { throw Self.damaged(digest, "another number of rows") }
    vectors.insert(digest, vector, cost: vector.memoryBytes)
    return vector
  }

  /// The values of some rows of a chunk, for which no more of its chain is read than holds them.
  /// - Throws: ``StoreError`` of kind `corrupt` when stored bytes are damaged or missing.
  func values(
    _ digest: Digest, at rows: [Int32], of count: Int, type: ColumnType,
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> ColumnVector {
    // A chunk that many rows are wanted of is likely to be wanted again.
    guard rows.count < count / 4, vectors.value(digest) == nil else {
      let whole = try vector(digest, type: type, rows: count, decoder)
      let runs = rows.map { RowRun(source: 0, start: $0, count: 1) }
      return ColumnVector.gather(runs, from: [whole], type: type)
    }
    return try following(digest) { (chain: [ObjectLocation]) throws(StoreError) in
      var search = RowSearch(rows)
      var sources: [ColumnVector] = []
      for object in chain where !search.isDone {
        let link = try naming(object) { () throws(StoreError) in
          let link = try decoder.decode(try read(object))
          try search.look(at: link)
          return link
        }
        guard link.values.type == type else { throw Self.damaged(digest, "another type") }
        sources.append(link.values)
      }
      guard search.isDone else { throw Self.damaged(digest, "a broken chain") }
      return ColumnVector.gather(search.found, from: sources, type: type)
    }
  }

  /// Keeps a vector that was just written, since the next version is likely to follow from it.
  func remember(_ vector: ColumnVector, as digest: Digest) {
    vectors.insert(digest, vector, cost: vector.memoryBytes)
  }

  /// Drops the vectors of chunks that a newer version has replaced.
  func forget(_ digests: Set<Digest>) { vectors.remove(digests) }

  /// The scripts of a chunk's chain, newest first; as many as `count`.
  func scripts(
    _ chain: [ObjectLocation], count: Int, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> [RowScript] {
    var scripts: [RowScript] = []
    for object in chain.prefix(count) {
      let script = try naming(object) { () throws(StoreError) in
        try decoder.script(of: try stored(object))
      }
      guard let script else { throw Self.damaged(object.object.digest, "no delta") }
      scripts.append(script)
    }
    return scripts
  }

  /// A chunk and the chunks it is stored over, down to one stored whole.
  func chain(of digest: Digest) throws(StoreError) -> [ObjectLocation] {
    try following(digest) { (chain: [ObjectLocation]) in chain }
  }

  /// The chains of several chunks, in the order of `digests`.
  func chains(of digests: [Digest]) throws(StoreError) -> [[ObjectLocation]] {
    var chains: [[ObjectLocation]]?
    do throws(StoreError) {
      chains = try keeper.repairing { () throws(StoreError) in
        try keeper.index.chains(of: digests)
      }
    } catch  where error.kind == .missing {
      // One after the other, then, each looked for in every file.
    }
    if let chains, !chains.contains(where: \.isEmpty) { return chains }
    return try digests.map { digest throws(StoreError) in try chain(of: digest) }
  }

  /// Runs `body` on a chunk's chain, and again when the chain is found to be another.
  private func following<Result>(
    _ digest: Digest, _ body: ([ObjectLocation]) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    var lacking: StoreError?
    let place = { () throws(StoreError) -> [ObjectLocation]? in
      do throws(StoreError) {
        let chain = try self.keeper.index.chain(of: digest)
        return chain.isEmpty ? nil : chain
      } catch  where error.kind == .missing {
        lacking = StoreError(.corrupt, error.message)
        return nil
      }
    }
    let result = try keeper.looking(place, body)
    guard let result else { throw lacking ?? Self.missing(digest) }
    return result
  }

  static func missing(_ digest: Digest) -> StoreError {
    StoreError(
      .corrupt,
      "\(digest) is in no file of the store; restore its pack from a copy ('assay verify' names "
        + "what it touches)")
  }

  /// The manifest of a snapshot.
  /// - Throws: ``StoreError``: `corrupt` when it is damaged or missing, `unavailable` when a newer
  ///   program wrote it.
  func snapshot(
    _ digest: Digest, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> SnapshotManifest {
    if let manifest = snapshots.value(digest) { return manifest }
    guard let manifest = SnapshotManifest(parsing: try self.manifest(digest, decoder)) else {
      throw Self.unknownManifest(digest)
    }
    snapshots.insert(
      digest, manifest, cost: manifest.groups.count + manifest.schema.columns.count)
    return manifest
  }

  /// The manifest of a row group.
  /// - Throws: ``StoreError``: `corrupt` when it is damaged or missing, `unavailable` when a newer
  ///   program wrote it.
  func group(
    _ digest: Digest, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> RowGroupManifest {
    if let manifest = groups.value(digest) { return manifest }
    guard let manifest = RowGroupManifest(parsing: try self.manifest(digest, decoder)) else {
      throw Self.unknownManifest(digest)
    }
    groups.insert(digest, manifest, cost: manifest.chunks.count)
    return manifest
  }

  /// The error for a manifest whose digest holds and that this program cannot read.
  static func unknownManifest(_ digest: Digest) -> StoreError {
    .newer("the manifest \(digest) is whole, but says what this program does not know")
  }

  /// The bytes of a manifest or a record.
  func manifest(
    _ digest: Digest, _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> [UInt8] {
    let bytes = try keeper.looking { () throws(StoreError) in
      try keeper.index.object(digest)
    } _: { (object: ObjectLocation) throws(StoreError) in
      let bytes = try naming(object) { () throws(StoreError) in
        try decoder.bytes(of: try read(object))
      }
      guard Digest(hashing: bytes) == digest else { throw Self.damaged(digest, "other bytes") }
      return bytes
    }
    guard let bytes else { throw Self.missing(digest) }
    return bytes
  }

  /// The stored bytes of an object, wherever it was moved since the index was asked.
  func stored(_ object: ObjectLocation) throws(StoreError) -> StoredChunk {
    do throws(StoreError) {
      return try read(object)
    } catch  where error.kind == .corrupt {
      let failure = error
      let digest = object.object.digest
      let found = try keeper.looking { () throws(StoreError) in
        try keeper.index.object(digest)
      } _: { (moved: ObjectLocation) throws(StoreError) in
        // A copy that is stored over another chunk does not fit into the chain.
        guard moved.object.base == object.object.base else { throw failure }
        return try read(moved)
      }
      guard let found else { throw failure }
      return found
    }
  }

  private func read(_ object: ObjectLocation) throws(StoreError) -> StoredChunk {
    let entry = object.object
    do throws(StoreError) {
      return StoredChunk(
        bytes: try bytes(object, at: Int(entry.offset), count: entry.storedBytes),
        frames: entry.frames)
    } catch  where error.kind == .missing {
      throw StoreError(
        .corrupt,
        "the file is not there, or is not the one that was written; restore it from a copy")
    }
  }

  private func bytes(
    _ object: ObjectLocation, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    if let pack = packs.value(object.trailerChecksum) {
      return try Self.slice(pack, offset, count, object)
    }
    guard object.object.base != nil else {
      return try objects.get(
        object.pack, matching: object.trailerChecksum, at: offset, count: count)
    }
    let pack = try objects.tail(
      object.pack, matching: object.trailerChecksum, count: Self.smallPackBytes + 1)
    guard pack.count <= Self.smallPackBytes else {
      return try objects.get(
        object.pack, matching: object.trailerChecksum, at: offset, count: count)
    }
    packs.insert(object.trailerChecksum, pack, cost: pack.count)
    return try Self.slice(pack, offset, count, object)
  }

  private static func slice(
    _ pack: [UInt8], _ offset: Int, _ count: Int, _ object: ObjectLocation
  ) throws(StoreError) -> [UInt8] {
    guard offset + count <= pack.count else {
      throw StoreError(.corrupt, "\(object.pack) is cut short; restore it from a copy")
    }
    return Array(pack[offset..<offset + count])
  }

  /// Says in which pack damage was found.
  private func naming<Result: ~Copyable>(
    _ object: ObjectLocation, _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    do throws(StoreError) {
      return try body()
    } catch  where error.kind == .corrupt {
      throw StoreError(
        .corrupt, "\(object.pack): \(error.message); run 'assay verify' to see what it touches")
    }
  }

  private static func damaged(_ digest: Digest, _ what: String) -> StoreError {
    StoreError(.corrupt, "\(digest) is stored with \(what); run 'assay verify'")
  }
}
