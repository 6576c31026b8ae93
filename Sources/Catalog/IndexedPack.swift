package import Model

/// What the index keeps of one object of a pack.
///
/// The words are those of the pack's own index; their meaning is the caller's.
package struct IndexedObject: Sendable, Hashable {
  /// What lets a query skip a chunk.
  package struct Statistics: Sendable, Hashable {
    package let nullCount: UInt32
    package let minimum: UInt64
    package let maximum: UInt64

    /// Statistics of one object.
    package init(nullCount: UInt32, minimum: UInt64, maximum: UInt64) {
      self.nullCount = nullCount
      self.minimum = minimum
      self.maximum = maximum
    }
  }

  package let digest: Digest
  package let kind: UInt8
  /// Where the object begins, in bytes from the beginning of its pack; below 2^63.
  package let offset: UInt64
  /// The sizes of its frames, encoded by the caller.
  package let frames: [UInt8]
  /// The object that a delta is applied to.
  package let base: Digest?
  /// How many deltas must be applied to read the object.
  package let depth: Int
  package let statistics: Statistics?

  /// An object of a pack.
  package init(
    digest: Digest, kind: UInt8, offset: UInt64, frames: [UInt8], base: Digest?, depth: Int,
    statistics: Statistics?
  ) {
    self.digest = digest
    self.kind = kind
    self.offset = offset
    self.frames = frames
    self.base = base
    self.depth = depth
    self.statistics = statistics
  }
}

/// One pack to be indexed: its objects and, when it is a log file, its record.
package struct IndexedPack: Sendable {
  package let name: String
  package let byteCount: Int
  /// The checksum in its trailer, by which it is told from another file of that name.
  package let seal: UInt64
  package let objects: [IndexedObject]
  package let record: LogRecord?

  /// The pack of that name.
  package init(
    name: String, byteCount: Int, seal: UInt64 = 0, objects: [IndexedObject],
    record: LogRecord? = nil
  ) {
    self.name = name
    self.byteCount = byteCount
    self.seal = seal
    self.objects = objects
    self.record = record
  }
}

/// A pack that the index knows.
package struct KnownPack: Sendable, Hashable {
  package let name: String
  package let byteCount: Int
  /// The checksum in its trailer.
  package let seal: UInt64
}

/// An object and the pack it is to be read from.
package struct ObjectLocation: Sendable, Hashable {
  package let pack: String
  /// The checksum in the pack's trailer.
  package let seal: UInt64
  package let object: IndexedObject
}

/// The newest record of a dataset.
package struct DatasetHead: Sendable, Hashable {
  package let dataset: DatasetName
  package let sequence: Int
  package let digest: Digest
}

/// A version together with the record that published it.
package struct IndexedVersion: Sendable, Hashable {
  package let record: LogRecord
  package let version: VersionRecord
}

/// A tag and the version it names now.
package struct IndexedTag: Sendable, Hashable {
  package let name: String
  package let number: Int
  /// The record that moved it there.
  package let sequence: Int
}
