/// The values of a group around one of its quantiles, sorted.
///
/// Values that join the group move the quantile by a few places, so that it is found again without
/// the others. Exact, or nil.
struct QuantileWindow: Sendable {
  /// The number of values to the left of the window; none of them is greater than its first.
  private(set) var lowRank = 0
  private(set) var values: [Double] = []
  /// The number of values of the group.
  private(set) var count = 0

  /// A group without values.
  init() {}

  /// A window as it was: so many of a group's values, all but the first `lowRank`.
  init(lowRank: Int, values: [Double], count: Int) {
    (self.lowRank, self.values, self.count) = (lowRank, values, count)
  }

  /// The window around quantile `fraction` of `all`, none of them NaN; reorders them.
  init(_ all: inout [Double], fraction: Double) {
    count = all.count
    guard count > 0 else { return }
    let below = Int(Double(count - 1) * fraction)
    // Small groups are as quickly read again, and there may be many of them.
    let margin = count < 1024 ? 1 : count / 64
    let low = max(0, below - margin)
    let high = min(count - 1, below + 1 + margin)
    if low > 0 { _ = all.select(low, in: 0..<count) }
    if high < count - 1 { _ = all.select(high, in: low..<count) }
    lowRank = low
    values = all[low...high].sorted()
  }

  /// Adds values that joined the group, in order; false when the window may no longer hold what
  /// ``quantile(_:)`` asks for.
  mutating func add(_ added: [Double]) {
    guard !added.isEmpty else { return }
    let hasAllBelow = lowRank == 0
    let hasAllAbove = lowRank + values.count == count
    count += added.count
    guard let first = values.first, let last = values.last else {
      if hasAllBelow && hasAllAbove { values = added.sorted() }
      return
    }
    var merged: [Double] = []
    merged.reserveCapacity(values.count + added.count)
    var next = 0
    for value in added.sorted() {
      if value < first, !hasAllBelow {
        lowRank += 1
      } else if value <= last || hasAllAbove {
        while next < values.count, values[next] <= value {
          merged.append(values[next])
          next += 1
        }
        merged.append(value)
      }
    }
    merged += values[next...]
    values = merged
  }

  /// The quantile, between the two nearest values as ``Quantile`` does; nil when it is not in the
  /// window.
  func quantile(_ fraction: Double) -> Double? {
    let position = Double(count - 1) * fraction
    let below = Int(position)
    let share = position - Double(below)
    guard let low = value(below) else { return nil }
    guard share > 0 else { return low }
    guard let high = value(below + 1) else { return nil }
    // Equal neighbours need no arithmetic, which infinities would not survive.
    return low == high ? low : low + (high - low) * share
  }

  /// Returns true when ``quantile(_:)`` gives the group's quantile, which is null without values.
  func canGive(_ fraction: Double) -> Bool { count == 0 || quantile(fraction) != nil }

  private func value(_ rank: Int) -> Double? {
    let index = rank - lowRank
    return values.indices.contains(index) ? values[index] : nil
  }

  /// About how many bytes the window takes.
  var memoryBytes: Int { 32 + values.count * 8 }
}
