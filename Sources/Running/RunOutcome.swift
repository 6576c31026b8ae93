package import Model
import Providers

/// The result of an execution of a run.
package struct RunOutcome: Sendable {
  /// The reason for which calls were not sent.
  package enum Stop: String, Sendable {
    /// The next call might have passed the bound of the costs.
    case budget
    case calls, time
    /// A user asked to send no more.
    case stopped
    /// A user asked to end at once.
    case cancelled
  }

  package enum Status: String, Sendable {
    /// Every call has an answer.
    case complete
    /// Some calls failed, or were not sent.
    case partial
    case cancelled
  }

  /// The outcome of each call that has one, by its key.
  package let results: [Digest: JSON.Object]
  package let status: Status
  package let stop: Stop?
  package let targets: [RunProgress.TargetState]
  /// The times that calls were sent, by this execution.
  package let sends: Int
  /// The times that calls were sent, by all executions of the run.
  package let allSends: Int
  /// Those of them that repeated a call whose failure was of a kind that may pass.
  package let retries: Int
  /// The calls whose outcomes were known.
  package let reused: Int
  /// The jobs that go on at their providers.
  package let jobs: Int
  /// The calls of which it is not known whether they were answered.
  package let unknown: Int
  /// The most that those can have cost, in nanodollars; nil when there is no bound.
  package let unknownBound: Int64?
  /// The known costs of this execution in nanodollars.
  package let cost: Int64
  /// The calls of this execution that ended and whose costs are not known.
  package let unknownCosts: Int
  /// The most that the whole run can have cost so far, as far as there are bounds.
  package let atMost: Int64
}

/// The state of a run at a moment.
package struct RunProgress: Sendable {
  /// The state of one target.
  package struct TargetState: Sendable {
    package let name: String
    /// Calls that have outcomes, errors included.
    package internal(set) var done = 0
    package let total: Int
    package internal(set) var errors = 0
    /// Calls that were not sent.
    package internal(set) var unsent = 0
    /// The reason for which it gets no more calls: a class of errors, or `errors`.
    package internal(set) var stop: String?
  }

  package let targets: [TargetState]
  /// The calls under way.
  package let inFlight: Int
  /// The age of the oldest of them.
  package let oldest: Duration?
  /// Numbers of errors by their class, the most frequent first.
  package let errors: [(kind: String, count: Int)]
  /// The most that was spent, in nanodollars, and the bound of it.
  package let atMost: Int64
  package let cap: Int64?
}

/// The counts of a run.
struct RunTally: Sendable {
  private var targets: [RunProgress.TargetState]
  private var errors: [DataText: Int] = [:]
  private var began: [Int: Duration] = [:]
  private(set) var sends: Int
  private let earlierSends: Int
  private let reused: Int
  /// The bounds of calls of earlier executions whose outcomes are not known, without jobs.
  private let unknown: [Int64?]
  /// The calls whose jobs were submitted and have not ended.
  private var jobs: Set<Int>
  /// Those of executions whose journals are gone.
  private let carried: RunHistory.Carried?
  private var abandoned: [Int64?] = []
  private var cost: Int64 = 0
  private var unknownCosts = 0
  private var retries = 0
  private let bounds: [Int64?]
  /// The targets that get no more calls.
  private(set) var stops: [Int: String] = [:]

  /// The number of ended calls from which on shares of errors are judged.
  private static let judged = 20

  init(
    _ plan: RunPlan, _ history: RunHistory, _ results: [Digest: JSON.Object], jobs: [Int]
  ) {
    self.jobs = Set(jobs)
    var totals = [Int](repeating: 0, count: plan.targets.count)
    for call in plan.calls { totals[call.target] += 1 }
    targets = zip(plan.targets, totals).map { .init(name: $0.name, total: $1) }
    carried = history.carried
    earlierSends = history.sends.values.reduce(carried?.sends ?? 0, +)
    sends = earlierSends
    let asked = jobs.map { plan.calls[$0].key }
    unknown = history.unknown.filter { $0.job == nil || !asked.contains($0.key) }.map(\.bound)
    bounds = plan.calls.map(\.bound)
    var known = 0
    for call in plan.calls {
      guard let columns = results[call.key] else { continue }
      known += 1
      targets[call.target].done += 1
      if RunColumns.isError(columns) { targets[call.target].errors += 1 }
    }
    reused = known
  }

  /// Notes that a call is sent; `isNew` is false for one whose job is asked for.
  mutating func began(_ call: Int, at now: Duration, isNew: Bool) {
    if isNew { sends += 1 }
    began[call] = now
  }

  mutating func submitted(_ call: Int) { jobs.insert(call) }

  mutating func ended(job call: Int) { jobs.remove(call) }

  mutating func ended(_ call: Int, _ sent: SentCall, isAbandoned: Bool) {
    began[call] = nil
    cost = cost.adding(sent.cost ?? 0)
    if sent.cost == nil { unknownCosts += 1 }
    if let kind = sent.error { errors[DataText(kind.rawValue), default: 0] += 1 }
    if isAbandoned { abandoned.append(bounds[call]) }
  }

  mutating func settled(_ call: Int, _ target: Int, _ columns: JSON.Object) {
    jobs.remove(call)
    targets[target].done += 1
    if RunColumns.isError(columns) { targets[target].errors += 1 }
  }

  mutating func repeated() { retries += 1 }

  mutating func withhold(_ target: Int) { targets[target].unsent += 1 }

  /// Gives a target no more calls; without a class of errors, since too many fail.
  mutating func stop(_ target: Int, _ kind: ProviderError.Kind?) {
    let reason = kind?.rawValue ?? "errors"
    if stops[target] == nil { stops[target] = reason }
    targets[target].stop = stops[target]
  }

  func isFailing(_ target: Int, _ percent: Int) -> Bool {
    let state = targets[target]
    return state.done >= Self.judged && state.errors * 100 >= state.done * percent
  }

  func progress(
    at now: Duration, atMost: Int64, _ limits: RunDefinition.Limits
  ) -> RunProgress {
    RunProgress(
      targets: targets, inFlight: began.count, oldest: began.values.min().map { now - $0 },
      errors: errors.map { (kind: $0.key.string, count: $0.value) }
        .sorted { ($1.count, $0.kind) < ($0.count, $1.kind) },
      atMost: atMost, cap: limits.maxMicrodollars.map { Int64($0).multiplied(by: 1_000) })
  }

  func outcome(
    _ results: [Digest: JSON.Object], stop: RunOutcome.Stop?, atMost: Int64
  ) -> RunOutcome {
    let isComplete = targets.allSatisfy { $0.errors == 0 && $0.done == $0.total }
    let status: RunOutcome.Status =
      isComplete ? .complete : [.stopped, .cancelled].contains(stop) ? .cancelled : .partial
    let earlier = carried.map { $0.unknown > 0 ? [$0.bound] : [] } ?? []
    let lost = unknown + abandoned
    let bounds = lost + earlier
    return RunOutcome(
      results: results, status: status, stop: isComplete ? nil : stop, targets: targets,
      sends: sends - earlierSends, allSends: sends, retries: retries, reused: reused,
      jobs: jobs.count,
      unknown: lost.count + (carried?.unknown ?? 0),
      unknownBound: bounds.contains { $0 == nil }
        ? nil : bounds.reduce(Int64(0)) { $0.adding($1 ?? 0) },
      cost: cost, unknownCosts: unknownCosts, atMost: atMost)
  }
}
