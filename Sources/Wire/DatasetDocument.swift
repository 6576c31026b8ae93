package import Model

/// A dataset as its latest version shows it.
package struct DatasetDocument: Codable, Sendable, Hashable {
  package let name: DatasetName
  package let kind: DatasetKind
  /// The number of its latest version.
  package let versions: Int
  /// Rows of its latest version.
  package let rows: Int
  package let createdAt: Timestamp
  package let savedAt: Timestamp
  package let snapshot: Digest
  /// The number that each tag names.
  package let tags: [String: Int]

  /// A dataset whose latest version is `latest`.
  package init(latest: VersionDocument, tags: [String: Int]) {
    name = latest.dataset
    kind = latest.kind
    versions = latest.number
    rows = latest.rows
    createdAt = latest.createdAt
    savedAt = latest.savedAt
    snapshot = latest.snapshot
    self.tags = tags
  }
}
