/// The place of an object in a pack, with the facts about it that need no read of its bytes.
package struct ObjectEntry: Sendable, Hashable {
  /// The kind of an object.
  ///
  /// The raw values are part of the pack format and of the index.
  package enum Kind: UInt8, Sendable, CaseIterable {
    case chunk = 1
    /// A chunk stored as its difference from another, its base.
    case delta = 2
    case rowGroup = 3
    case snapshot = 4
    case record = 5
  }

  package let digest: Digest
  package let kind: Kind
  /// The offset of the first frame, in bytes from the beginning of the pack; below 2^63.
  package let offset: UInt64
  /// The frames, back to back.
  package let frames: [FrameSize]
  /// The object a delta is applied to; nil for all other kinds.
  package let base: Digest?
  /// The number of deltas to apply to read this object; 0 for all but deltas.
  package let depth: Int
  package let statistics: ChunkStatistics?

  /// An entry; `base` is given for deltas only.
  package init(
    digest: Digest, kind: Kind, offset: UInt64, frames: [FrameSize], base: Digest? = nil,
    depth: Int = 0, statistics: ChunkStatistics? = nil
  ) {
    precondition((kind == .delta) == (base != nil), "deltas have a base, and nothing else has")
    self.digest = digest
    self.kind = kind
    self.offset = offset
    self.frames = frames
    self.base = base
    self.depth = depth
    self.statistics = statistics
  }

  /// The number of bytes of all frames in the pack.
  package var storedBytes: Int { frames.reduce(0) { $0 + Int($1.storedBytes) } }
}

/// The bounds of a chunk's values, by which a scan skips it (a zone map).
package struct ChunkStatistics: Sendable, Hashable {
  package let nullCount: Int
  /// The least value as a word: the integer's or moment's bits, 0 or 1, the float's bits, or a
  /// text's first eight bytes, most significant first and padded with zeros.
  package let minimum: UInt64
  /// The greatest value, likewise; a text may go on after its eight bytes.
  package let maximum: UInt64

  /// Statistics of one chunk.
  package init(nullCount: Int, minimum: UInt64, maximum: UInt64) {
    self.nullCount = nullCount
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// A run of stored bytes that is decompressed at once.
package struct Frame: Sendable {
  package let bytes: [UInt8]
  /// The number of bytes when decompressed.
  package let rawCount: Int

  /// A frame that decompresses to `rawCount` bytes (both at most 4 GiB - 1).
  package init(bytes: [UInt8], rawCount: Int) {
    self.bytes = bytes
    self.rawCount = rawCount
  }

  /// The sizes of the frame.
  package var size: FrameSize {
    FrameSize(storedBytes: UInt32(bytes.count), rawBytes: UInt32(rawCount))
  }
}

/// The number of bytes of a frame in its pack and when decompressed.
package struct FrameSize: Sendable, Hashable {
  package let storedBytes: UInt32
  package let rawBytes: UInt32

  /// A frame of `storedBytes` in the pack, `rawBytes` when decompressed.
  package init(storedBytes: UInt32, rawBytes: UInt32) {
    self.storedBytes = storedBytes
    self.rawBytes = rawBytes
  }
}

extension [FrameSize] {
  /// The sizes as a pack's index and the catalog keep them: for each the stored and the raw
  /// number of bytes as varints.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * 6)
    for frame in self {
      Varint.append(UInt64(frame.storedBytes), to: &bytes)
      Varint.append(UInt64(frame.rawBytes), to: &bytes)
    }
    return bytes
  }

  /// Reads what ``encoded`` wrote; nil for anything else.
  package init?(encoded bytes: [UInt8]) {
    self = []
    reserveCapacity(1 + bytes.count / 6)
    var position = 0
    while position < bytes.count {
      guard let stored = Varint.read(bytes, at: &position).flatMap(UInt32.init(exactly:)),
        let raw = Varint.read(bytes, at: &position).flatMap(UInt32.init(exactly:))
      else { return nil }
      append(FrameSize(storedBytes: stored, rawBytes: raw))
    }
  }
}
