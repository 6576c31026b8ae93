package import Model

/// Where an object lies in a pack and what is known of it without reading it.
package struct PackEntry: Sendable, Hashable {
  /// What an object is.
  ///
  /// The raw values are part of the pack format.
  package enum Kind: UInt8, Sendable, CaseIterable {
    case chunk = 1
    /// A chunk stored as its difference from another, its base.
    case delta = 2
    case rowGroup = 3
    case snapshot = 4
    case record = 5
  }

  /// A run of stored bytes that is decompressed at once.
  package struct Frame: Sendable, Hashable {
    package let storedBytes: UInt32
    package let rawBytes: UInt32

    /// A frame of `storedBytes` in the pack, `rawBytes` when decompressed.
    package init(storedBytes: UInt32, rawBytes: UInt32) {
      self.storedBytes = storedBytes
      self.rawBytes = rawBytes
    }
  }

  /// What lets a query skip a chunk; the meaning of the two words is the writer's.
  package struct Statistics: Sendable, Hashable {
    package let nullCount: UInt32
    package let minimum: UInt64
    package let maximum: UInt64

    /// Statistics of one chunk.
    package init(nullCount: UInt32, minimum: UInt64, maximum: UInt64) {
      self.nullCount = nullCount
      self.minimum = minimum
      self.maximum = maximum
    }
  }

  package let digest: Digest
  package let kind: Kind
  /// Where the first frame begins, in bytes from the beginning of the pack.
  package let offset: UInt64
  /// The frames, back to back.
  package let frames: [Frame]
  /// The object a delta is applied to; nil for all other kinds.
  package let base: Digest?
  /// How many deltas must be applied to read this object; 0 for all but deltas.
  package let depth: UInt16
  package let statistics: Statistics?

  /// An entry; `base` is given for deltas and for them alone.
  package init(
    digest: Digest, kind: Kind, offset: UInt64, frames: [Frame], base: Digest? = nil,
    depth: UInt16 = 0, statistics: Statistics? = nil
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

extension [PackEntry.Frame] {
  /// The frames as the pack's index and the catalog keep them: for each the stored and the raw
  /// number of bytes as varints (seven bits a byte, the lowest first, the high bit set on all but
  /// the last).
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
      append(PackEntry.Frame(storedBytes: stored, rawBytes: raw))
    }
  }
}
