/// A deployment with the facts of its log record.
package struct Deployment: Sendable, Hashable {
  package let dataset: DatasetName
  package let record: DeploymentRecord
  package let author: String
  package let time: Timestamp
  package let sequence: Int
  /// The digest of the log record.
  package let recordDigest: Digest

  /// The deployment of a log record; nil for records of other changes.
  package init?(_ record: LogRecord) {
    guard case .deployment(let deployment) = record.change else { return nil }
    dataset = record.dataset
    self.record = deployment
    author = record.author
    time = record.time
    sequence = record.sequence
    recordDigest = record.digest
  }
}
