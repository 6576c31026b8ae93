package import Model

/// An event in a dataset's log: a JSON object whose member `change` names its kind.
package enum LogDocument: Sendable, Hashable {
  /// A version was published; with its changes when they were counted.
  case version(VersionDocument, changes: ChangeCounts?)
  case tag(TagMove)
  case deployment(DeploymentDocument)

  /// A tag was moved or removed.
  package struct TagMove: Codable, Sendable, Hashable {
    package let dataset: DatasetName
    package let tag: String
    /// The version it names from then on; nil when it was removed.
    package let number: Int?
    package let message: String
    package let author: String
    package let savedAt: Timestamp
    package let sequence: Int
    package let record: Digest

    /// A move with all members of its log record.
    package init(
      dataset: DatasetName, tag: String, number: Int?, message: String, author: String,
      savedAt: Timestamp, sequence: Int, record: Digest
    ) {
      self.dataset = dataset
      self.tag = tag
      self.number = number
      self.message = message
      self.author = author
      self.savedAt = savedAt
      self.sequence = sequence
      self.record = record
    }
  }
}

extension LogDocument: Codable {
  private enum CodingKeys: String, CodingKey {
    case change, changes
  }

  private enum Change: String, Codable {
    case version, tag, deployment
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    switch try members.decode(Change.self, forKey: .change) {
    case .version:
      self = .version(
        try VersionDocument(from: decoder),
        changes: try members.decodeIfPresent(ChangeCounts.self, forKey: .changes))
    case .tag: self = .tag(try TagMove(from: decoder))
    case .deployment: self = .deployment(try DeploymentDocument(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .version(let version, let changes):
      try version.encode(to: encoder)
      try members.encode(Change.version, forKey: .change)
      try members.encodeIfPresent(changes, forKey: .changes)
    case .tag(let move):
      try move.encode(to: encoder)
      try members.encode(Change.tag, forKey: .change)
    case .deployment(let deployment):
      try deployment.encode(to: encoder)
      try members.encode(Change.deployment, forKey: .change)
    }
  }
}
