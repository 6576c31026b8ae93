import Model

// THE PACK FORMAT, version 1. All integers are little-endian; a varint is that of Varint.swift.
//
//   0        8  magic "ASSAYPK1"
//   8        …  payloads: the frames of all entries, back to back, in the order of the index
//   I        L  index: the entries, back to back
//   I + L   72  trailer, the last bytes of the file:
//            8    I, where the index begins
//            8    L, the length of the index
//            8    the number of entries
//           32    SHA-256 of all bytes of the file before this field
//            8    the first 8 bytes of the SHA-256 of the index and the 56 bytes of trailer so far
//            8    end magic "ASSAYEND"
//
// An entry:
//           32  digest of the object
//            1  kind: 1 chunk, 2 delta, 3 row group, 4 snapshot, 5 record; plus 128 when the
//               entry has statistics
//       varint  the number of frames, then for each its stored and its raw number of bytes
//               (varints)
//           32  deltas only: digest of the base
//       varint  deltas only: depth
//       varint  with statistics only: null count
//        8 + 8  with statistics only: minimum, maximum
//
// A pack is valid if and only if the magics are right, both checksums hold, the index decodes to
// exactly the number of entries and the frames fill the bytes from 8 to I exactly. Opening a pack
// checks everything but the SHA-256 over the whole file, which verification checks.

/// Constants and encodings of the pack format.
///
/// An ``ObjectStore`` needs only the trailer, to know which pack has a name.
package enum PackFormat {
  static let magic = Array("ASSAYPK1".utf8)
  static let endMagic = Array("ASSAYEND".utf8)
  /// The length of the trailer.
  package static let trailerBytes = 72
  /// The offsets of the trailer's fields, counted from its beginning.
  static let digestOffset = 24
  static let checksumOffset = 56
  static let endMagicOffset = 64
  static let statisticsFlag: UInt8 = 0x80
  /// Digest, kind and an empty list of frames: an entry is never shorter.
  static let minimumEntryBytes = Digest.byteCount + 2

  static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
    }
  }

  /// Reads 8 bytes that must be there.
  static func word(_ bytes: [UInt8], at offset: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<8 { word |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
    return word
  }

  /// The checksum that a trailer holds of itself and the index, and so of the whole pack; nil for
  /// bytes that are no trailer.
  package static func statedChecksum(trailer: [UInt8]) -> UInt64? {
    guard trailer.count == trailerBytes, trailer[endMagicOffset...].elementsEqual(endMagic)
    else { return nil }
    return word(trailer, at: checksumOffset)
  }

  /// The checksum over index and trailer, by which damage there is noticed without hashing the
  /// payloads.
  static func checksum(index: [UInt8], trailer: [UInt8]) -> UInt64 {
    var hasher = DigestHasher()
    hasher.update(index)
    hasher.update(Array(trailer.prefix(checksumOffset)))
    return hasher.finalize().word0.byteSwapped
  }
}

extension ObjectEntry {
  /// Appends the entry in the form of the index.
  func encode(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: digest.bytes)
    bytes.append(kind.rawValue | (statistics == nil ? 0 : PackFormat.statisticsFlag))
    Varint.append(UInt64(frames.count), to: &bytes)
    bytes.append(contentsOf: frames.encoded)
    if let base {
      bytes.append(contentsOf: base.bytes)
      Varint.append(UInt64(depth), to: &bytes)
    }
    if let statistics {
      Varint.append(UInt64(statistics.nullCount), to: &bytes)
      PackFormat.append(statistics.minimum, to: &bytes)
      PackFormat.append(statistics.maximum, to: &bytes)
    }
  }

  /// Reads the entry at `position`, whose frames begin at `offset`; nil when it is invalid.
  static func decode(_ bytes: [UInt8], at position: inout Int, offset: UInt64) -> ObjectEntry? {
    guard let digest = readDigest(bytes, at: &position), position < bytes.count else { return nil }
    let flags = bytes[position]
    position += 1
    guard let kind = Kind(rawValue: flags & ~PackFormat.statisticsFlag),
      let count = Varint.read(bytes, at: &position), count <= UInt64(bytes.count - position)
    else { return nil }
    var frames: [FrameSize] = []
    frames.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let stored = readUInt32(bytes, at: &position),
        let raw = readUInt32(bytes, at: &position)
      else { return nil }
      frames.append(FrameSize(storedBytes: stored, rawBytes: raw))
    }
    var base: Digest?
    var depth = 0
    if kind == .delta {
      guard let digest = readDigest(bytes, at: &position),
        let value = readUInt32(bytes, at: &position).flatMap(UInt16.init(exactly:))
      else { return nil }
      base = digest
      depth = Int(value)
    }
    var statistics: ChunkStatistics?
    if flags & PackFormat.statisticsFlag != 0 {
      guard let nullCount = readUInt32(bytes, at: &position), bytes.count - position >= 16
      else { return nil }
      statistics = ChunkStatistics(
        nullCount: Int(nullCount), minimum: PackFormat.word(bytes, at: position),
        maximum: PackFormat.word(bytes, at: position + 8))
      position += 16
    }
    return ObjectEntry(
      digest: digest, kind: kind, offset: offset, frames: frames, base: base, depth: depth,
      statistics: statistics)
  }

  private static func readDigest(_ bytes: [UInt8], at position: inout Int) -> Digest? {
    guard bytes.count - position >= Digest.byteCount else { return nil }
    defer { position += Digest.byteCount }
    return Digest(bytes, at: position)
  }

  private static func readUInt32(_ bytes: [UInt8], at position: inout Int) -> UInt32? {
    Varint.read(bytes, at: &position).flatMap(UInt32.init(exactly:))
  }
}
