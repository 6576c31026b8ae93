package import Model

/// The outcome of a run, or its state while it goes on.
package struct RunReportDocument: Codable, Sendable, Hashable {
  /// The state of one target.
  package struct Target: Codable, Sendable, Hashable {
    package let model: String
    /// Calls that have an outcome, errors included.
    package let done: Int
    package let total: Int
    package let errors: Int
    /// The reason for which it got no more calls.
    package let stop: String?

    /// A target with all members.
    package init(model: String, done: Int, total: Int, errors: Int, stop: String?) {
      self.model = model
      self.done = done
      self.total = total
      self.errors = errors
      self.stop = stop
    }
  }

  /// The latencies of a target under a load.
  package struct Load: Codable, Sendable, Hashable {
    package let model: String
    /// The calls at a time that it stands for.
    package let load: Int
    package let answers: Int
    package let errors: Int
    /// Milliseconds from the moment at which a call was due; nil without answers.
    package let p50: Double?
    package let p95: Double?

    /// A load with all members.
    package init(
      model: String, load: Int, answers: Int, errors: Int, p50: Double?, p95: Double?
    ) {
      self.model = model
      self.load = load
      self.answers = answers
      self.errors = errors
      self.p50 = p50
      self.p95 = p95
    }
  }

  /// A class of errors and how often it occurred.
  package struct ErrorCount: Codable, Sendable, Hashable {
    package let errorClass: String
    package let count: Int

    /// A class with its number.
    package init(errorClass: String, count: Int) {
      self.errorClass = errorClass
      self.count = count
    }
  }

  /// The version of the run's document.
  package let run: String
  /// `running`, `interrupted`, `complete`, `partial` or `cancelled`.
  package let state: String
  /// The reason for which calls were not sent.
  package var stop: String?
  /// The version of the outputs; nil when there is none yet.
  package var version: VersionDocument?
  /// True when this execution made the version.
  package var isNew = false
  /// The rows that differ from those of the version before; nil for the first, and for no new one.
  package var difference: ChangeCounts?
  package var targets: [Target] = []
  package var errors: [ErrorCount] = []
  /// The error that came first, with its class.
  package var firstError: String?
  /// The times that calls were sent.
  package var calls = 0
  /// Those of them that repeated a call whose failure might pass.
  package var retries = 0
  /// The calls whose outcomes were known before.
  package var reused = 0
  /// The jobs that go on at their providers, and are asked for when the run goes on.
  package var jobs = 0
  /// The calls of which it is not known whether they were answered, and so paid.
  package var unknown = 0
  /// The most that those can have cost; nil when there is no bound.
  package var unknownNanodollars: Int64?
  /// The known costs in nanodollars.
  package var costNanodollars: Int64 = 0
  /// The calls whose costs are not known.
  package var unpriced = 0
  /// The age of the oldest call under way.
  package var oldestMilliseconds: Int64?
  /// The digest of the answers.
  package var answers: Digest?
  /// The latencies under each load; nil for a run that measured none.
  package var loads: [Load]?
  /// The differences from the run that this one measures again.
  package var changes: RunChangesDocument?
  /// The scores of the outputs, where the run's document has scorers.
  package var scores: ScoresDocument?
  /// The reason for which the outputs have no scores although it has.
  package var unscored: String?
  package var notes: [String] = []

  /// The state of the run of a document.
  package init(run: String, state: String) {
    self.run = run
    self.state = state
  }
}

/// The calls that a run would make, and what they may cost.
package struct RunEstimateDocument: Codable, Sendable, Hashable {
  /// The calls of one target.
  package struct Target: Codable, Sendable, Hashable {
    package let model: String
    package let calls: Int
    /// The calls whose outcomes are known.
    package let known: Int
    /// The cost if calls cost what earlier ones did, in nanodollars; nil without such.
    package let likelyNanodollars: Int64?
    /// The most that the calls can cost; nil when there is no bound.
    package let mostNanodollars: Int64?

    /// A target with all members.
    package init(
      model: String, calls: Int, known: Int, likelyNanodollars: Int64?, mostNanodollars: Int64?
    ) {
      self.model = model
      self.calls = calls
      self.known = known
      self.likelyNanodollars = likelyNanodollars
      self.mostNanodollars = mostNanodollars
    }
  }

  package let inputs: String
  package let providers: String
  package let items: Int
  package let targets: [Target]
  package let notes: [String]

  /// An estimate with all members.
  package init(
    inputs: String, providers: String, items: Int, targets: [Target], notes: [String]
  ) {
    self.inputs = inputs
    self.providers = providers
    self.items = items
    self.targets = targets
    self.notes = notes
  }
}

/// The costs of a run by other prices than those it was made with.
package struct RunCostDocument: Codable, Sendable, Hashable {
  /// The costs of one target.
  package struct Target: Codable, Sendable, Hashable {
    package let model: String
    package let rows: Int
    /// The costs that the rows state, in nanodollars, and the rows that state none.
    package let statedNanodollars: Int64
    package let unstated: Int
    /// The costs by the prices, and the rows that these have no price for.
    package let nanodollars: Int64
    package let unpriced: Int

    /// A target with all members.
    package init(
      model: String, rows: Int, statedNanodollars: Int64, unstated: Int, nanodollars: Int64,
      unpriced: Int
    ) {
      self.model = model
      self.rows = rows
      self.statedNanodollars = statedNanodollars
      self.unstated = unstated
      self.nanodollars = nanodollars
      self.unpriced = unpriced
    }
  }

  package let version: String
  package let prices: String
  package let targets: [Target]
  package let notes: [String]

  /// Costs with all members.
  package init(version: String, prices: String, targets: [Target], notes: [String]) {
    self.version = version
    self.prices = prices
    self.targets = targets
    self.notes = notes
  }
}
