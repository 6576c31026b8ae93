package import Model

/// A pack to be indexed: its objects other than records and, when it is a log file, its record.
package struct IndexedPack: Sendable {
  package let name: String
  package let byteCount: Int
  /// The checksum in its trailer, which distinguishes it from another file of that name.
  package let trailerChecksum: UInt64
  package let objects: [ObjectEntry]
  package let record: LogRecord?

  /// The pack of that name.
  package init(
    name: String, byteCount: Int, trailerChecksum: UInt64 = 0, objects: [ObjectEntry],
    record: LogRecord? = nil
  ) {
    self.name = name
    self.byteCount = byteCount
    self.trailerChecksum = trailerChecksum
    self.objects = objects
    self.record = record
  }
}

/// A pack that the index knows.
package struct KnownPack: Sendable, Hashable {
  package let name: String
  package let byteCount: Int
  /// The checksum in its trailer.
  package let trailerChecksum: UInt64
}

/// An object and the pack it is to be read from.
package struct ObjectLocation: Sendable, Hashable {
  package let pack: String
  /// The checksum in the pack's trailer.
  package let trailerChecksum: UInt64
  package let object: ObjectEntry
}

/// The newest record of a dataset.
package struct DatasetHead: Sendable, Hashable {
  package let dataset: DatasetName
  package let sequence: Int
  package let digest: Digest
}

extension DatasetHead {
  /// The head of a log that ends with `record`.
  package init(_ record: LogRecord) {
    self.init(dataset: record.dataset, sequence: record.sequence, digest: record.digest)
  }
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
