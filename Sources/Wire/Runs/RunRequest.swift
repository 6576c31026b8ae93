package import Model

/// An order to execute a run: of a document, or of an earlier run.
package struct RunRequest: Codable, Sendable, Hashable {
  /// A run that is measured again.
  package struct Repetition: Codable, Sendable, Hashable {
    /// Its outputs, `triage@4`, or its document, `triage.run@2`.
    package var run: String
    /// Targets that are called too.
    package var addTargets: [String]?
    /// The providers; nil for those of the run, or with further targets for the present ones.
    package var providers: String?
    /// True to keep the answers of calls that are the same; nil for false.
    package var reuse: Bool?

    /// A run that is measured again, with every call.
    package init(_ run: String) { self.run = run }
  }

  /// The choice about calls whose outcomes are not known.
  package enum OnUnknown: String, Codable, Sendable, CaseIterable {
    case retry, skip
  }

  /// A document `run/1`; nil for an earlier run.
  package var document: JSON?
  /// An earlier run that goes on.
  package var resume: String?
  /// An earlier run that is measured again.
  package var again: Repetition?
  /// Nil to make such calls again.
  package var onUnknown: OnUnknown?
  package var message: String?
  package var author: String?

  /// A run of a document.
  package init(document: JSON) { self.document = document }

  /// An earlier run that goes on.
  package init(resuming run: String) { resume = run }

  /// An earlier run that is measured again.
  package init(again repetition: Repetition) { again = repetition }
}

/// An order to count the calls of a run.
package struct RunEstimateRequest: Codable, Sendable, Hashable {
  /// A document `run/1`.
  package let document: JSON

  /// The calls of a document.
  package init(document: JSON) { self.document = document }
}

/// A run that a server executes, with its progress or its outcome.
package struct RunJobDocument: Codable, Sendable, Hashable {
  /// 32 hexadecimal digits.
  package let id: String
  /// The version of the run's document: `triage.run@2`.
  package let run: String
  package var state = JobDocument.State.running
  /// Nil until a call has ended.
  package var progress: RunProgressDocument?
  /// Only when it ended.
  package var report: RunReportDocument?
  /// Only when it failed.
  package var problem: ProblemDocument?

  /// A run that has just begun.
  package init(id: String, run: String) {
    self.id = id
    self.run = run
  }
}

/// The state of a run at a moment.
package struct RunProgressDocument: Codable, Sendable, Hashable {
  package let targets: [RunReportDocument.Target]
  /// The calls under way.
  package let inFlight: Int
  /// The age of the oldest of them.
  package let oldestMilliseconds: Int64?
  /// The classes of errors, the most frequent first.
  package let errors: [RunReportDocument.ErrorCount]
  /// The most that was spent, in nanodollars, and the bound of it.
  package let atMostNanodollars: Int64
  package let capNanodollars: Int64?

  /// A state with all members.
  package init(
    targets: [RunReportDocument.Target], inFlight: Int, oldestMilliseconds: Int64?,
    errors: [RunReportDocument.ErrorCount], atMostNanodollars: Int64, capNanodollars: Int64?
  ) {
    self.targets = targets
    self.inFlight = inFlight
    self.oldestMilliseconds = oldestMilliseconds
    self.errors = errors
    self.atMostNanodollars = atMostNanodollars
    self.capNanodollars = capNanodollars
  }
}
