import Analysis

/// The values of a version and group to be sampled: one per row, or one per item with attempts.
struct TrendValues {
  private var values: [Double] = []
  /// Rows that belong to no item and have no number.
  private var missing = 0
  private var texts = 0
  /// The attempts of each item, by its place in the order of first appearance.
  private var places: [ArraySlice<UInt8>: Int] = [:]
  private var attempts: [[Double]] = []
  private var rowCounts: [Int] = []

  /// Adds a row's value, or nil without one; `item` identifies the item of an attempt.
  /// - Parameter isText: True when the row holds a value other than a number.
  mutating func add(_ value: Double?, item: ArraySlice<UInt8>?, isText: Bool = false) {
    let value = value.flatMap { $0.isFinite ? $0 : nil }
    if isText { texts += 1 }
    guard let item else {
      if let value { values.append(value) } else if !isText { missing += 1 }
      return
    }
    let place: Int
    if let known = places[item] {
      place = known
    } else {
      place = attempts.count
      places[item] = place
      attempts.append([])
      rowCounts.append(0)
    }
    rowCounts[place] += 1
    if let value { attempts[place].append(value) }
  }

  /// The values as a sample, in which an item's is the mean of its attempts, and what is left out.
  var part: TrendReading.Part {
    if attempts.isEmpty {
      return TrendReading.Part(sample: .values(values), missing: missing, texts: texts)
    }
    let valued = attempts.filter { !$0.isEmpty }
    let means = valued.map { $0.reduce(0, +) / Double($0.count) }
    let areRates = valued.allSatisfy { $0.allSatisfy { $0 == 0 || $0 == 1 } }
    let lost = zip(rowCounts, attempts).reduce(0) { sum, item in
      item.1.isEmpty ? sum : sum + item.0 - item.1.count
    }
    return TrendReading.Part(
      sample: areRates && !means.isEmpty ? .shares(means) : .values(means),
      missing: attempts.count - valued.count, texts: texts, lostAttempts: lost)
  }
}
