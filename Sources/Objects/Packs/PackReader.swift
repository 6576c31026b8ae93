package import Model

/// The index of a pack, with the part of the pack that was read to find it.
package struct PackIndex: Sendable {
  package let entries: [ObjectEntry]
  /// The size of the whole file.
  package let byteCount: Int
  /// The checksum in the trailer, which distinguishes a pack from another of the same name.
  package let trailerChecksum: UInt64
  private let tail: [UInt8]

  init(entries: [ObjectEntry], byteCount: Int, trailerChecksum: UInt64, tail: [UInt8]) {
    self.entries = entries
    self.byteCount = byteCount
    self.trailerChecksum = trailerChecksum
    self.tail = tail
  }

  /// The stored bytes of an entry if they came along with the index, as they do for small packs.
  package func payload(_ entry: ObjectEntry) -> [UInt8]? {
    let start = Int(entry.offset) - (byteCount - tail.count)
    guard start >= 0 else { return nil }
    return Array(tail[start..<start + entry.storedBytes])
  }
}

/// Reads and checks packs.
package enum PackReader {
  /// One read of this size covers the index of most packs, and the whole of small ones.
  private static let tailBytes = 64 << 10
  private static let verifyBytes = 1 << 20

  /// Reads a pack's index and checks it: a flipped bit in index or trailer, a torn file or an entry
  /// that points outside the payloads is noticed.
  ///
  /// The payloads are not read.
  /// - Throws: `corrupt` naming the file, `missing` when it does not exist.
  package static func readIndex(
    _ store: any ObjectStore, _ name: String
  ) throws(StoreError) -> PackIndex {
    do throws(StoreError) {
      return try readIndex(store, name, byteCount: try store.byteCount(of: name))
    } catch  where error.kind == .missing {
      throw missing(name)
    }
  }

  private static func readIndex(
    _ store: any ObjectStore, _ name: String, byteCount: Int
  ) throws(StoreError) -> PackIndex {
    guard byteCount >= PackFormat.magic.count + PackFormat.trailerBytes else {
      throw corrupt(name, "is too short for a pack")
    }
    let tailCount = min(tailBytes, byteCount)
    var tail = try store.get(name, at: byteCount - tailCount, count: tailCount)
    let trailer = Array(tail.suffix(PackFormat.trailerBytes))
    guard Array(trailer[PackFormat.endMagicOffset...]) == PackFormat.endMagic else {
      throw corrupt(name, "does not end as a pack does")
    }
    let indexEnd = byteCount - PackFormat.trailerBytes
    let offset = PackFormat.word(trailer, at: 0)
    let length = PackFormat.word(trailer, at: 8)
    guard offset >= UInt64(PackFormat.magic.count), offset <= UInt64(indexEnd),
      length == UInt64(indexEnd) - offset
    else { throw corrupt(name, "has a trailer that does not fit its size") }
    let indexStart = Int(offset)
    if indexStart < byteCount - tail.count {
      let count = byteCount - tail.count - indexStart
      tail = try store.get(name, at: indexStart, count: count) + tail
    }
    let tailStart = byteCount - tail.count
    let index = Array(tail[(indexStart - tailStart)..<(indexEnd - tailStart)])
    let trailerChecksum = PackFormat.checksum(index: index, trailer: trailer)
    guard trailerChecksum == PackFormat.word(trailer, at: PackFormat.checksumOffset) else {
      throw corrupt(name, "has a damaged index")
    }
    guard
      let entries = decode(
        index, count: PackFormat.word(trailer, at: 16), payloadEnd: offset)
    else {
      throw corrupt(name, "has an index this program cannot read; a newer one may have written it")
    }
    return PackIndex(
      entries: entries, byteCount: byteCount, trailerChecksum: trailerChecksum, tail: tail)
  }

  private static func decode(
    _ index: [UInt8], count: UInt64, payloadEnd: UInt64
  ) -> [ObjectEntry]? {
    guard count <= UInt64(index.count / PackFormat.minimumEntryBytes) else { return nil }
    var entries: [ObjectEntry] = []
    entries.reserveCapacity(Int(count))
    var position = 0
    var offset = UInt64(PackFormat.magic.count)
    for _ in 0..<count {
      guard let entry = ObjectEntry.decode(index, at: &position, offset: offset) else { return nil }
      for frame in entry.frames { offset += UInt64(frame.storedBytes) }
      guard offset <= payloadEnd else { return nil }
      entries.append(entry)
    }
    return position == index.count && offset == payloadEnd ? entries : nil
  }

  /// Checks every byte of a pack against its own digest and, below `packs/`, against its name;
  /// memory stays bounded for any size.
  /// - Throws: `corrupt` naming the file, `missing` when it does not exist.
  @discardableResult
  package static func verify(
    _ store: any ObjectStore, _ name: String
  ) throws(StoreError) -> PackIndex {
    let index = try readIndex(store, name)
    let contentEnd = index.byteCount - PackFormat.trailerBytes + PackFormat.digestOffset
    var hasher = DigestHasher()
    var position = 0
    while position < contentEnd {
      let count = min(verifyBytes, contentEnd - position)
      let bytes = try store.get(name, at: position, count: count)
      if position == 0, !bytes.starts(with: PackFormat.magic) {
        throw corrupt(name, "does not begin as a pack does")
      }
      hasher.update(bytes)
      position += count
    }
    let rest = try store.get(name, at: contentEnd, count: index.byteCount - contentEnd)
    guard hasher.finalize().bytes == Array(rest.prefix(Digest.byteCount)) else {
      throw corrupt(name, "does not hold the bytes that were written")
    }
    if let promised = StoreLayout.parsePackName(name) {
      hasher.update(rest)
      guard hasher.finalize() == promised else {
        throw corrupt(name, "does not hold what its name promises")
      }
    }
    return index
  }

  private static func missing(_ name: String) -> StoreError {
    StoreError(.missing, "\(name) is not in the store; restore it from a copy")
  }

  private static func corrupt(_ name: String, _ what: String) -> StoreError {
    StoreError(.corrupt, "\(name) \(what); restore it from a copy")
  }
}
