/// One committed change of a dataset: a version published, a tag moved, or a rule set deployed.
///
/// A record names the digest of the record before it, so the newest record's digest fixes the whole
/// history of its dataset.
package struct LogRecord: Hashable, Sendable {
  /// What happened.
  package enum Change: Hashable, Sendable {
    case version(VersionRecord)
    case tag(TagRecord)
    case deployment(DeploymentRecord)
  }

  package let dataset: DatasetName
  /// 1 for a dataset's first record, and one more for each that follows.
  package let sequence: Int
  /// The digest of the record before this one; all zeros for the first.
  package let previous: Digest
  package let author: String
  package let time: Timestamp
  /// A random text that tells this writer's record from a rival's with otherwise equal content.
  package let writeID: String
  package let change: Change

  /// A record; `sequence` counts from 1.
  package init(
    dataset: DatasetName, sequence: Int, previous: Digest, author: String, time: Timestamp,
    writeID: String, change: Change
  ) {
    self.dataset = dataset
    self.sequence = sequence
    self.previous = previous
    self.author = author
    self.time = time
    self.writeID = writeID
    self.change = change
  }
}

/// A version as its log record tells it.
package struct VersionRecord: Hashable, Sendable {
  /// 1, 2, 3… without gaps within a dataset.
  package let number: Int
  package let snapshot: Digest
  package let rows: Int
  /// The number of the version this one was made from; nil for a dataset's first.
  package let parent: Int?
  package let kind: DatasetKind
  package let message: String
  /// When the measurement was taken, as its author says; never before the parent's.
  package let createdAt: Timestamp
  /// The exact versions this one was made from.
  package let lineage: [Lineage]
  package let attributes: [String: String]
  package let idempotencyKey: String?

  /// A version that another was made from: its reference as number and its snapshot digest.
  package struct Lineage: Hashable, Sendable {
    package let dataset: DatasetName
    package let number: Int
    package let snapshot: Digest

    /// Names version `number` of `dataset`.
    package init(dataset: DatasetName, number: Int, snapshot: Digest) {
      self.dataset = dataset
      self.number = number
      self.snapshot = snapshot
    }
  }

  /// A version's record; `number` counts from 1.
  package init(
    number: Int, snapshot: Digest, rows: Int, parent: Int?, kind: DatasetKind, message: String,
    createdAt: Timestamp, lineage: [Lineage], attributes: [String: String], idempotencyKey: String?
  ) {
    self.number = number
    self.snapshot = snapshot
    self.rows = rows
    self.parent = parent
    self.kind = kind
    self.message = message
    self.createdAt = createdAt
    self.lineage = lineage
    self.attributes = attributes
    self.idempotencyKey = idempotencyKey
  }
}

/// A move of a tag, kept forever.
package struct TagRecord: Hashable, Sendable {
  package let name: String
  /// The version the tag names from now on; nil when it was removed.
  package let number: Int?
  package let message: String

  /// A move of the tag `name` to version `number`, or its removal.
  package init(name: String, number: Int?, message: String) {
    self.name = name
    self.number = number
    self.message = message
  }
}
