package import Model

/// A version, as its record in the dataset's log describes it.
package struct VersionDocument: Codable, Sendable, Hashable {
  /// A version that another was made from.
  package struct Source: Codable, Sendable, Hashable {
    package let reference: String
    package let snapshot: Digest

    /// The version `reference`, whose snapshot is `snapshot`.
    package init(reference: String, snapshot: Digest) {
      self.reference = reference
      self.snapshot = snapshot
    }
  }

  package let dataset: DatasetName
  package let number: Int
  package let snapshot: Digest
  package let rows: Int
  package let parent: Int?
  package let kind: DatasetKind
  package let message: String
  package let author: String
  package let createdAt: Timestamp
  package let savedAt: Timestamp
  package let lineage: [Source]
  package let attributes: [String: String]
  /// The place of its record in the dataset's log.
  package let sequence: Int
  /// The digest of that record.
  package let record: Digest
  /// The canonical reference, `name@3`.
  package let reference: String
  /// The tags that name it now; nil where they were not requested.
  package var tags: [String]?

  /// A version with all members of its log record.
  package init(
    dataset: DatasetName, number: Int, snapshot: Digest, rows: Int, parent: Int?,
    kind: DatasetKind, message: String, author: String, createdAt: Timestamp, savedAt: Timestamp,
    lineage: [Source], attributes: [String: String], sequence: Int, record: Digest,
    tags: [String]? = nil
  ) {
    self.dataset = dataset
    self.number = number
    self.snapshot = snapshot
    self.rows = rows
    self.parent = parent
    self.kind = kind
    self.message = message
    self.author = author
    self.createdAt = createdAt
    self.savedAt = savedAt
    self.lineage = lineage
    self.attributes = attributes
    self.sequence = sequence
    self.record = record
    reference = "\(dataset)@\(number)"
    self.tags = tags
  }
}
