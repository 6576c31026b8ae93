package import Model

/// The result of `verify`.
package struct VerifyReport: Sendable {
  /// One thing that is not as it was written.
  package struct Damage: Sendable, Hashable {
    /// The file it is in, relative to the store.
    package let file: String
    /// The fault, as a sentence without a full stop.
    package let what: String
    /// The versions whose content it touches, as references (`name@3`), in order.
    package let versions: [String]

    /// Damage of one file.
    package init(file: String, what: String, versions: [String] = []) {
      self.file = file
      self.what = what
      self.versions = versions
    }
  }

  /// Empty when everything is as it was written.
  package var damage: [Damage] = []
  package var files = 0
  package var bytes = 0
  package var records = 0
  package var versions = 0
  package var chunks = 0
  /// Versions that are dated before the one they follow, as references.
  ///
  /// A clock was set back, or they were dated by hand; nothing is wrong with them.
  package var outOfOrder: [String] = []
  /// Segments of live rows that end within a row, with the words for it: no damage that can be
  /// distinguished from what a crash leaves.
  package var torn: [Damage] = []
  /// True when the index agrees with logs and packs; otherwise `reindex` puts it right.
  package var isIndexRight = true
}

/// The files that `gc` found to remove, or removed.
package struct GarbageReport: Sendable {
  /// A file that nothing refers to.
  package struct File: Sendable, Hashable {
    package let name: String
    package let bytes: Int
  }

  /// Unreferenced files past the grace period.
  package var files: [File] = []
  /// Unreferenced files that are too young to be removed.
  package var youngFiles: [File] = []
  /// Log files whose chunks are, or would be, moved into packs.
  package var compactedFiles = 0
  /// The packs those chunks went into.
  package var newPacks: [File] = []
  package var isApplied = false
}

/// The sizes of a store, its datasets and their versions.
package struct StoreStatistics: Sendable {
  /// One version: what its values take uncompressed, what its commit added to the store, and how
  /// many of the stored bytes it reads were added by other versions.
  package struct VersionSize: Sendable {
    package let version: Version
    package let rawBytes: Int
    package let storedBytes: Int
    package let sharedBytes: Int
  }

  /// One dataset.
  package struct DatasetSize: Sendable {
    package let dataset: DatasetName
    package let versions: [VersionSize]
    package let rawBytes: Int
    package let storedBytes: Int
    /// The different attachments that its versions name.
    package let attachments: Int
    package let attachmentBytes: Int
  }

  package let datasets: [DatasetSize]
  /// All files but the index, attachments included.
  package let fileBytes: Int
  package let files: Int
  /// Those of the files that are attachments.
  package let attachments: Int
  package let attachmentBytes: Int
  package let indexBytes: Int
}
