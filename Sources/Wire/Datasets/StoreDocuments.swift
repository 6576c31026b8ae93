package import Model

/// The result of a check of the whole store.
package struct VerifyDocument: Codable, Sendable, Hashable {
  /// A part of a file that differs from what was written.
  package struct Damage: Codable, Sendable, Hashable {
    package let file: String
    package let what: String
    /// References of the versions it touches.
    package let versions: [String]

    /// Damage in `file`.
    package init(file: String, what: String, versions: [String]) {
      self.file = file
      self.what = what
      self.versions = versions
    }
  }

  /// An oddity of values that is seldom intended.
  package struct Finding: Codable, Sendable, Hashable {
    /// `same-keys`, `texts`, `retyped` or `future`.
    package let kind: String
    /// The versions it is found in: `name@3` or `name@3..7`.
    package let versions: String
    package let column: String?
    package let what: String

    /// A finding in `versions`.
    package init(kind: String, versions: String, column: String?, what: String) {
      self.kind = kind
      self.versions = versions
      self.column = column
      self.what = what
    }
  }

  package let isSound: Bool
  package let isIndexRight: Bool
  package let files: Int
  package let bytes: Int
  package let records: Int
  package let versions: Int
  package let chunks: Int
  package let damage: [Damage]
  /// References of versions that are dated before the one they follow; nil for none.
  ///
  /// They are sound.
  package let outOfOrder: [String]?
  /// Segments of live rows that end within a row; nil for none.
  ///
  /// A crash leaves such an end, of rows that were never acknowledged.
  package let torn: [Damage]?
  /// Oddities of values; nil when values were not examined.
  package let findings: [Finding]?

  /// The result of a check, which is sound when there is no damage and the index is right.
  package init(
    isIndexRight: Bool, files: Int, bytes: Int, records: Int, versions: Int, chunks: Int,
    damage: [Damage], outOfOrder: [String] = [], torn: [Damage] = [], findings: [Finding]? = nil
  ) {
    self.torn = torn.isEmpty ? nil : torn
    self.outOfOrder = outOfOrder.isEmpty ? nil : outOfOrder
    self.findings = findings
    isSound = damage.isEmpty && isIndexRight
    self.isIndexRight = isIndexRight
    self.files = files
    self.bytes = bytes
    self.records = records
    self.versions = versions
    self.chunks = chunks
    self.damage = damage
  }
}

/// The files that nothing refers to, and what a garbage collection did with them.
package struct GarbageDocument: Codable, Sendable, Hashable {
  /// A file of the store.
  package struct File: Codable, Sendable, Hashable {
    package let name: String
    package let bytes: Int

    /// A file of `bytes` bytes.
    package init(name: String, bytes: Int) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// True when the files were removed.
  package let isApplied: Bool
  package let files: [File]
  /// Files that are too young to be removed.
  package let youngFiles: [File]
  package let compactedFiles: Int
  package let newPacks: [File]

  /// The result of a garbage collection.
  package init(
    isApplied: Bool, files: [File], youngFiles: [File], compactedFiles: Int, newPacks: [File]
  ) {
    self.isApplied = isApplied
    self.files = files
    self.youngFiles = youngFiles
    self.compactedFiles = compactedFiles
    self.newPacks = newPacks
  }
}

/// The size of a rebuilt index.
package struct ReindexDocument: Codable, Sendable, Hashable {
  package let datasets: Int
  package let records: Int

  /// An index of `records` records of `datasets` datasets.
  package init(datasets: Int, records: Int) {
    self.datasets = datasets
    self.records = records
  }
}

/// The space that each dataset, and the store as a whole, takes.
package struct StatisticsDocument: Codable, Sendable, Hashable {
  /// The bytes of a version: uncompressed, added by its commit, and added by those of other
  /// versions.
  package struct Version: Codable, Sendable, Hashable {
    package let number: Int
    package let rows: Int
    package let rawBytes: Int
    package let storedBytes: Int
    package let sharedBytes: Int

    /// The bytes of version `number`.
    package init(number: Int, rows: Int, rawBytes: Int, storedBytes: Int, sharedBytes: Int) {
      self.number = number
      self.rows = rows
      self.rawBytes = rawBytes
      self.storedBytes = storedBytes
      self.sharedBytes = sharedBytes
    }
  }

  /// The bytes of a dataset.
  package struct Dataset: Codable, Sendable, Hashable {
    package let name: DatasetName
    package let rawBytes: Int
    package let storedBytes: Int
    /// The number of distinct files that its versions name, and their bytes.
    package let attachments: Int
    package let attachmentBytes: Int
    package let versions: [Version]

    /// The bytes of the dataset `name`.
    package init(
      name: DatasetName, rawBytes: Int, storedBytes: Int, attachments: Int, attachmentBytes: Int,
      versions: [Version]
    ) {
      self.name = name
      self.rawBytes = rawBytes
      self.storedBytes = storedBytes
      self.attachments = attachments
      self.attachmentBytes = attachmentBytes
      self.versions = versions
    }
  }

  package let datasets: [Dataset]
  package let files: Int
  package let fileBytes: Int
  /// The part of the files that are attachments.
  package let attachments: Int
  package let attachmentBytes: Int
  package let indexBytes: Int

  /// The bytes of datasets, and of all files.
  package init(
    datasets: [Dataset], files: Int, fileBytes: Int, attachments: Int, attachmentBytes: Int,
    indexBytes: Int
  ) {
    self.datasets = datasets
    self.files = files
    self.fileBytes = fileBytes
    self.attachments = attachments
    self.attachmentBytes = attachmentBytes
    self.indexBytes = indexBytes
  }
}
