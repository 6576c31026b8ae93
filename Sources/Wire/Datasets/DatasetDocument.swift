package import Model

/// A dataset as its latest version shows it.
package struct DatasetDocument: Codable, Sendable, Hashable {
  package let name: DatasetName
  /// Why its log cannot be read to its end; nil when it can.
  package let problem: String?
  /// Nil only when nothing can be read of the log, as are the times and the snapshot.
  package let kind: DatasetKind?
  /// The number of its latest version; 0 when nothing can be read of the log.
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
