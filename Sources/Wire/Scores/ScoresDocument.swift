package import Model

/// The scores of a version: the version that keeps them, and a summary.
package struct ScoresDocument: Codable, Sendable, Hashable {
  /// The values of one scorer, or a part of it, on the outputs of one model.
  package struct Summary: Codable, Sendable, Hashable {
    /// The interval of a value that is of all outputs together.
    package struct SetValue: Codable, Sendable, Hashable {
      package let lower: Double?
      package let upper: Double?
      /// The reason for which there is no value, or no interval.
      package let note: String?

      /// The interval from `lower` to `upper`.
      package init(lower: Double?, upper: Double?, note: String?) {
        self.lower = lower
        self.upper = upper
        self.note = note
      }
    }

    /// The name of the score.
    package let scorer: String
    /// Nil where no column names models.
    package let model: String?
    /// The number of outputs with a score.
    package let scored: Int
    /// The number of outputs that could not be scored.
    package let errors: Int
    /// The mean over the scored outputs; nil when there is none.
    package let mean: Double?
    /// True when the values are yes or no, so that the mean is a share.
    package let isRate: Bool
    /// Nil for a mean; `mean` is the value of the set otherwise.
    package let set: SetValue?

    /// A summary of `scored` values.
    package init(
      scorer: String, model: String?, scored: Int, errors: Int, mean: Double?, isRate: Bool,
      set: SetValue? = nil
    ) {
      self.scorer = scorer
      self.model = model
      self.scored = scored
      self.errors = errors
      self.mean = mean
      self.isRate = isRate
      self.set = set
    }
  }

  /// A scorer that was applied.
  package struct Scorer: Codable, Sendable, Hashable {
    package let name: String
    package let type: String
    package let version: Int
    /// The digest of its configuration.
    package let digest: Digest

    /// The scorer `name`.
    package init(name: String, type: String, version: Int, digest: Digest) {
      self.name = name
      self.type = type
      self.version = version
      self.digest = digest
    }
  }

  /// A reason for which outputs have no score.
  package struct Failure: Codable, Sendable, Hashable {
    package let scorer: String
    package let message: String
    package let count: Int

    /// `count` outputs without a score for one reason.
    package init(scorer: String, message: String, count: Int) {
      self.scorer = scorer
      self.message = message
      self.count = count
    }
  }

  /// The calls of a judge, which are kept as the outputs of a run.
  package struct Calls: Codable, Sendable, Hashable {
    /// The name of the score.
    package let scorer: String
    /// The target that judged.
    package let target: String
    /// The run; nil where there was nothing to ask.
    package let run: RunReportDocument?
    /// The numbers of pairs that were judged in both orders, and of those judged differently; nil
    /// where outputs are not compared.
    package let pairs: Int?
    package let disagreements: Int?

    /// The calls of a judge.
    package init(
      scorer: String, target: String, run: RunReportDocument?, pairs: Int?, disagreements: Int?
    ) {
      self.scorer = scorer
      self.target = target
      self.run = run
      self.pairs = pairs
      self.disagreements = disagreements
    }
  }

  /// The outputs that people have not rated, and the command that asks them.
  package struct Task: Codable, Sendable, Hashable {
    package let scorer: String
    package let outputs: Int
    package let command: String

    /// A task for people.
    package init(scorer: String, outputs: Int, command: String) {
      self.scorer = scorer
      self.outputs = outputs
      self.command = command
    }
  }

  /// The word in place of references for no scores.
  package static let none = "none"

  /// The version that keeps the scores.
  package let version: VersionDocument
  /// False when the scores were there already.
  package let isNew: Bool
  /// The version that was scored.
  package let source: String
  /// The versions that further columns were read from.
  package let inputs: [String]
  package let scorers: [Scorer]
  /// By scorer and model.
  package let summaries: [Summary]
  /// The most frequent failures.
  package let failures: [Failure]
  package let warnings: [String]?
  /// By judges; nil without one.
  package var calls: [Calls]?
  /// By scorers that are people; nil where nothing is left to be rated.
  package var tasks: [Task]?

  /// True when a judge has not answered every call.
  package var hasUnaskedJudge: Bool {
    calls?.contains { $0.run.map { $0.state != "complete" } ?? false } ?? false
  }

  /// The scores that `version` keeps.
  package init(
    version: VersionDocument, isNew: Bool, source: String, inputs: [String], scorers: [Scorer],
    summaries: [Summary], failures: [Failure], warnings: [String] = []
  ) {
    self.version = version
    self.isNew = isNew
    self.source = source
    self.inputs = inputs
    self.scorers = scorers
    self.summaries = summaries
    self.failures = failures
    self.warnings = warnings.isEmpty ? nil : warnings
  }
}
