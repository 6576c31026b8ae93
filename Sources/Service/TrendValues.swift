import Analysis

/// The values of a version and group on their way to a sample: one a row, or one an item with
/// attempts.
struct TrendValues {
  private var values: [Double] = []
  /// The attempts of each item, by its place in the order of first appearance.
  private var places: [[UInt8]: Int] = [:]
  private var attempts: [[Double]] = []

  /// Adds a row's value, which may be none; `item` tells items with attempts apart.
  mutating func add(_ value: Double?, item: [UInt8]?) {
    guard let value, value.isFinite else { return }
    guard let item else { return values.append(value) }
    if let place = places[item] {
      attempts[place].append(value)
    } else {
      places[item] = attempts.count
      attempts.append([value])
    }
  }

  /// The values as a sample; an item's is the mean of its attempts.
  var sample: TrendSample {
    if attempts.isEmpty { return .values(values) }
    let means = attempts.map { $0.reduce(0, +) / Double($0.count) }
    let areRates = attempts.allSatisfy { $0.allSatisfy { $0 == 0 || $0 == 1 } }
    return areRates ? .shares(means) : .values(means)
  }
}
