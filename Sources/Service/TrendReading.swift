import Analysis
import Model

/// The data of some versions for a trend: the values, and the counts of what was left out.
struct TrendReading: Sendable {
  /// One version and group.
  struct Cell: Hashable {
    let version: Int
    let group: ValueLabel?
  }

  /// The rows of one version and group.
  struct Part: Sendable {
    let sample: TrendSample
    /// Rows, or items with attempts, without a number.
    var missing = 0
    /// Rows that hold a text, a list or an object among numbers.
    var texts = 0
    /// Attempts without a number at items that have others.
    var lostAttempts = 0
  }

  var parts: [Cell: Part] = [:]
  /// The attempts at the items of each version; empty where each row is an item.
  var attempts: [Int: AttemptTally] = [:]
  /// The number of items of each version with attempts in several groups.
  var splitItems: [Int: Int] = [:]

  /// Adds the data of other versions.
  mutating func add(_ other: TrendReading) {
    parts.merge(other.parts) { first, _ in first }
    attempts.merge(other.attempts) { first, _ in first }
    splitItems.merge(other.splitItems) { first, _ in first }
  }
}

/// The number of attempts at each item of a version.
struct AttemptTally: Sendable {
  /// The counts by the hashes of the items' keys, ascending.
  private let items: [(hash: UInt64, count: Int)]

  /// The tally of rows, each with the hash of its item's key.
  init(_ hashes: [UInt64]) {
    var counts: [UInt64: Int] = [:]
    for hash in hashes { counts[hash, default: 0] += 1 }
    items = counts.map { (hash: $0.key, count: $0.value) }.sorted { $0.hash < $1.hash }
  }

  /// The numbers of attempts at each item that both versions have: in `other` and in this one.
  func pairs(after other: AttemptTally) -> [(old: Int, new: Int)] {
    var pairs: [(old: Int, new: Int)] = []
    var place = 0
    for item in items {
      while place < other.items.count, other.items[place].hash < item.hash { place += 1 }
      guard place < other.items.count, other.items[place].hash == item.hash else { continue }
      pairs.append((other.items[place].count, item.count))
    }
    return pairs
  }
}
