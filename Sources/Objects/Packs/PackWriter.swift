package import Model

/// A writer of one pack, in memory or streaming into an ``Upload``.
///
/// Owned by one writer. Each object is appended once; the caller knows which ones it has appended.
package struct PackWriter {
  /// A pack that has been written to its end.
  package struct Finished: Sendable {
    /// The whole file in pieces, for ``ObjectStore/putIfAbsent(_:_:)``; empty when it was streamed.
    package let pieces: [[UInt8]]
    package let entries: [ObjectEntry]
    /// SHA-256 of the whole file, which ``StoreLayout/packName(_:)`` makes a name of.
    package let digest: Digest
    package let byteCount: Int
    /// The checksum in its trailer.
    package let trailerChecksum: UInt64
  }

  private let upload: (any Upload)?
  private var pieces: [[UInt8]] = []
  private var hasher = DigestHasher()
  /// The entries of the objects appended so far.
  package private(set) var entries: [ObjectEntry] = []
  /// The bytes written so far, without the index.
  package private(set) var byteCount = 0

  /// A pack that goes to `upload` as it grows, or is held in memory without one.
  ///
  /// The caller commits or abandons the upload.
  /// - Throws: The errors of writing to the upload.
  package init(to upload: (any Upload)? = nil) throws(StoreError) {
    self.upload = upload
    try write(PackFormat.magic)
  }

  /// Appends an object and returns its entry; `base` and `depth` are for deltas only.
  /// - Throws: The errors of writing to the upload.
  @discardableResult
  package mutating func append(
    _ digest: Digest, _ kind: ObjectEntry.Kind, frames: [Frame], base: Digest? = nil,
    depth: Int = 0, statistics: ChunkStatistics? = nil
  ) throws(StoreError) -> ObjectEntry {
    precondition(depth <= Int(UInt16.max), "a chain of deltas is bounded")
    let entry = ObjectEntry(
      digest: digest, kind: kind, offset: UInt64(byteCount), frames: frames.map(\.size),
      base: base, depth: depth, statistics: statistics)
    for frame in frames { try write(frame.bytes) }
    entries.append(entry)
    return entry
  }

  /// Writes index and trailer; nothing can be appended afterwards.
  /// - Throws: The errors of writing to the upload.
  package mutating func finish() throws(StoreError) -> Finished {
    var index: [UInt8] = []
    index.reserveCapacity(entries.count * 64)
    for entry in entries { entry.encode(to: &index) }
    var trailer: [UInt8] = []
    PackFormat.append(UInt64(byteCount), to: &trailer)
    PackFormat.append(UInt64(index.count), to: &trailer)
    PackFormat.append(UInt64(entries.count), to: &trailer)
    var contentHasher = hasher
    contentHasher.update(index)
    contentHasher.update(trailer)
    trailer.append(contentsOf: contentHasher.finalize().bytes)
    let trailerChecksum = PackFormat.checksum(index: index, trailer: trailer)
    PackFormat.append(trailerChecksum, to: &trailer)
    trailer.append(contentsOf: PackFormat.endMagic)
    try write(index)
    try write(trailer)
    return Finished(
      pieces: pieces, entries: entries, digest: hasher.finalize(), byteCount: byteCount,
      trailerChecksum: trailerChecksum)
  }

  private mutating func write(_ bytes: [UInt8]) throws(StoreError) {
    hasher.update(bytes)
    byteCount += bytes.count
    if let upload { try upload.append(bytes) } else { pieces.append(bytes) }
  }
}
