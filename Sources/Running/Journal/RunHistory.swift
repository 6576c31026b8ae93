package import Model

/// The state of a run as its journal has it.
package struct RunHistory: Sendable {
  /// A call of which it is not known whether it was answered: its process ended before.
  package struct Unknown: Sendable {
    package let key: Digest
    package let send: Int
    package let bound: Int64?
    /// The moment at which it was sent.
    package let time: Timestamp
  }

  /// The columns of the outcomes of calls that ended.
  package private(set) var results: [Digest: JSON.Object] = [:]
  /// The times that each call was sent.
  package private(set) var sends: [Digest: Int] = [:]
  /// The nanodollars that ended calls count for.
  package private(set) var charged: Int64 = 0
  private var open: [Digest: [Int: Unknown]] = [:]

  /// A run of which nothing is known.
  package init() {}

  /// The calls that began and did not end, in the order in which they were sent.
  package var unknown: [Unknown] {
    open.values.flatMap(\.values).sorted {
      ($0.time, $0.key, $0.send) < ($1.time, $1.key, $1.send)
    }
  }

  /// The nanodollars that are taken for spent: those of ended calls, and the bounds of others.
  package var spent: Int64 { unknown.reduce(charged) { $0 + ($1.bound ?? 0) } }

  /// Takes a record up.
  package mutating func add(_ record: JournalRecord) {
    switch record {
    case .intent(let key, let send, let bound, let time):
      open[key, default: [:]][send] = Unknown(key: key, send: send, bound: bound, time: time)
      sends[key] = max(sends[key] ?? 0, send)
    case .failure(let key, let send, let cost):
      close(key, send)
      charged += cost
    case .result(let key, let send, let cost, let columns):
      close(key, send)
      charged += cost
      results[key] = columns
    }
  }

  private mutating func close(_ key: Digest, _ send: Int) {
    open[key]?[send] = nil
    if open[key]?.isEmpty == true { open[key] = nil }
  }
}
