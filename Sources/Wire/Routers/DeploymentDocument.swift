package import Model

/// A deployment: the version of a rule set that decides from some time on.
package struct DeploymentDocument: Codable, Sendable, Hashable {
  /// A plan by which a version replaces another in steps.
  package struct Ramp: Codable, Sendable, Hashable {
    /// The version that the remaining units stay with.
    package let over: Int
    /// Shares in basis points, in the order of the steps; the last one stays.
    package let steps: [Int]
    package let everySeconds: Int
    /// The paths of the fields that name a unit.
    package let fields: [String]
    package let salt: String

    /// A plan with all of its members.
    package init(over: Int, steps: [Int], everySeconds: Int, fields: [String], salt: String) {
      self.over = over
      self.steps = steps
      self.everySeconds = everySeconds
      self.fields = fields
      self.salt = salt
    }
  }

  package let dataset: DatasetName
  /// The name of the deployment in decisions: the dataset and the place of its record in the log.
  package let id: String
  package let number: Int
  /// The reference of the version, `name@3`.
  package let reference: String
  /// The version that was live before; nil for the first deployment.
  package let previous: Int?
  package let reason: DeploymentRecord.Reason
  package let message: String
  package let author: String
  package let savedAt: Timestamp
  /// The report that the version's gates required.
  package let backtest: VersionDocument.Source?
  /// The reason for deploying it although its gates were not met; nil where they were.
  package let override: String?
  package let ramp: Ramp?
  package let sequence: Int
  /// The digest of the log record.
  package let record: Digest

  /// A deployment with all members of its log record.
  package init(
    dataset: DatasetName, deployment: DeploymentRecord, author: String, savedAt: Timestamp,
    sequence: Int, record: Digest
  ) {
    self.dataset = dataset
    id = "\(dataset)#\(sequence)"
    number = deployment.number
    reference = "\(dataset)@\(deployment.number)"
    previous = deployment.previous
    reason = deployment.reason
    message = deployment.message
    self.author = author
    self.savedAt = savedAt
    backtest = deployment.backtest.map {
      VersionDocument.Source(reference: "\($0.dataset)@\($0.number)", snapshot: $0.snapshot)
    }
    override = deployment.override
    ramp = deployment.ramp.map {
      Ramp(
        over: $0.over, steps: $0.steps, everySeconds: $0.seconds, fields: $0.fields, salt: $0.salt)
    }
    self.sequence = sequence
    self.record = record
  }
}

/// The version to deploy, the one it replaces, and the reason.
package struct DeployRequest: Codable, Sendable, Hashable {
  /// A plan to deploy in steps.
  package struct Ramp: Codable, Sendable, Hashable {
    /// Shares in basis points, growing; the last one stays.
    package var steps: [Int]
    package var everySeconds: Int
    /// The paths of the fields that name a unit; nil for those of the first split, or the request.
    package var fields: [String]?

    /// Steps that follow one another after so many seconds.
    package init(steps: [Int], everySeconds: Int, fields: [String]? = nil) {
      self.steps = steps
      self.everySeconds = everySeconds
      self.fields = fields
    }
  }

  /// The part of a reference after the `@`.
  package var version: String
  /// The version that must be live, 0 for none; nil for any.
  package var expect: Int?
  package var message: String?
  package var author: String?
  /// The reference of the report that shows that the version's gates are met.
  package var backtest: String?
  /// The reason for deploying without such a report.
  package var override: String?
  package var ramp: Ramp?

  /// A deployment of `version`.
  package init(version: String) { self.version = version }
}

/// The version to return to, and the reason.
package struct RollbackRequest: Codable, Sendable, Hashable {
  /// The part of a reference after the `@`; nil for the version that was live before.
  package var version: String?
  /// The version that must be live; nil for any.
  package var expect: Int?
  package var message: String?
  package var author: String?
  /// True when a guardrail requests it, not a person.
  package var isAutomatic: Bool?

  /// A return to the version before.
  package init() {}
}
