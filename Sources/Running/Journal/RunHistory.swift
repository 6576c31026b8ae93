package import Model
import Providers

/// The state of a run as its journal has it.
package struct RunHistory: Sendable {
  /// A call of which it is not known whether it was answered: its process ended before.
  package struct Unknown: Sendable {
    package let key: Digest
    package let send: Int
    package let bound: Int64?
    /// The moment at which it was sent.
    package let time: Timestamp
    /// The id of the job that the provider made of it, by which it can be asked for.
    package fileprivate(set) var job: String?

    /// A call without a job.
    package init(key: Digest, send: Int, bound: Int64?, time: Timestamp) {
      self.key = key
      self.send = send
      self.bound = bound
      self.time = time
    }
  }

  /// The end of an earlier execution of the same run, whose journal is gone.
  package struct Carried: Sendable, Hashable {
    /// The most that it can have cost, in nanodollars.
    package let spent: Int64
    /// The times that calls were sent.
    package let sends: Int
    /// The calls of which it is not known whether they were answered.
    package let unknown: Int
    /// The most that those can have cost, which is in ``spent``; nil when there is no bound.
    package let bound: Int64?

    /// An end with all members.
    package init(spent: Int64, sends: Int, unknown: Int, bound: Int64?) {
      self.spent = spent
      self.sends = sends
      self.unknown = unknown
      self.bound = bound
    }
  }

  /// The columns of the outcomes of calls that ended.
  package private(set) var results: [Digest: JSON.Object] = [:]
  /// The times that each call was sent.
  package private(set) var sends: [Digest: Int] = [:]
  /// The nanodollars that ended calls count for.
  package private(set) var charged: Int64 = 0
  /// The end of an earlier execution; nil for a run that did not end before.
  package private(set) var carried: Carried?
  private var open: [Digest: [Int: Unknown]] = [:]

  /// A run of which nothing is known.
  package init() {}

  /// True when there is no record of it.
  package var isEmpty: Bool { sends.isEmpty && carried == nil }

  /// The calls that began and did not end, in the order in which they were sent.
  package var unknown: [Unknown] {
    open.values.flatMap(\.values).sorted {
      ($0.time, $0.key, $0.send) < ($1.time, $1.key, $1.send)
    }
  }

  /// The calls of which the provider made jobs that did not end, each with its last one.
  package var jobs: [Unknown] {
    open.values.compactMap { sends in
      sends.values.max { $0.send < $1.send }.flatMap { $0.job == nil ? nil : $0 }
    }
  }

  /// The nanodollars that are taken for spent: those of ended calls, and the bounds of others.
  package var spent: Int64 { unknown.reduce(charged) { $0.adding($1.bound ?? 0) } }

  /// Takes a record up.
  package mutating func add(_ record: JournalRecord) {
    switch record {
    case .intent(let key, let send, let bound, let time):
      open[key, default: [:]][send] = Unknown(key: key, send: send, bound: bound, time: time)
      sends[key] = max(sends[key] ?? 0, send)
    case .job(let key, let send, let id): open[key]?[send]?.job = id
    case .failure(let key, let send, let cost):
      close(key, send)
      charged = charged.adding(cost)
    case .result(let key, let send, let cost, let columns):
      close(key, send)
      charged = charged.adding(cost)
      results[key] = columns
    case .carried(let end):
      carried = end
      charged += end.spent
    }
  }

  /// Lets go of the outcomes of some calls, which are made again.
  package mutating func forget(_ keys: Set<Digest>) {
    results = results.filter { !keys.contains($0.key) }
  }

  private mutating func close(_ key: Digest, _ send: Int) {
    open[key]?[send] = nil
    if open[key]?.isEmpty == true { open[key] = nil }
  }
}
