package import Model

/// A dataset, described by its latest version.
package struct DatasetDocument: Codable, Sendable, Hashable {
  package let name: DatasetName
  /// The error that ends the reading of its log; nil when all of it can be read.
  package let problem: String?
  /// Nil, as are the times and the snapshot, only when no version can be read from the log.
  package let kind: DatasetKind?
  /// The number of its latest version; 0 when no version can be read from the log.
  package let versions: Int
  /// Rows of its latest version.
  package let rows: Int
  package let createdAt: Timestamp?
  package let savedAt: Timestamp?
  package let snapshot: Digest?
  /// The number that each tag names.
  package let tags: [String: Int]

  /// A dataset whose latest version is `latest`.
  package init(latest: VersionDocument, tags: [String: Int]) {
    name = latest.dataset
    problem = nil
    kind = latest.kind
    versions = latest.number
    rows = latest.rows
    createdAt = latest.createdAt
    savedAt = latest.savedAt
    snapshot = latest.snapshot
    self.tags = tags
  }

  /// A dataset whose log cannot be read to its end, and the latest version that could be.
  package init(_ name: DatasetName, problem: String, latest: VersionDocument?) {
    self.name = name
    self.problem = problem
    kind = latest?.kind
    versions = latest?.number ?? 0
    rows = latest?.rows ?? 0
    createdAt = latest?.createdAt
    savedAt = latest?.savedAt
    snapshot = latest?.snapshot
    tags = [:]
  }
}
