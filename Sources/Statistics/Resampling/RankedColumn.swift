/// A column in ascending order, so that a resample's quantile needs no sort.
struct RankedColumn {
  private let values: [Double]
  private let units: [Int]
  private let hasOneValuePerUnit: Bool

  /// `units` names the unit of each value.
  init(_ values: [Double], units: [Int]) {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    self.values = order.map { values[$0] }
    self.units = order.map { units[$0] }
    hasOneValuePerUnit = Set(units).count == units.count
  }

  /// The nearest-rank quantiles where unit u appears `times[u]` times; nil where none appears.
  func quantiles(_ shares: [Double], _ times: [Int]) -> [Double?] {
    var total = 0
    if hasOneValuePerUnit, units.count == times.count {
      // The same sum, in the order of memory.
      total = times.reduce(0, +)
    } else {
      for unit in units { total += times[unit] }
    }
    if total == 0 { return shares.map { _ in nil } }
    return shares.map { share in
      let rank = QuantileEstimate.rank(share, of: total)
      // From the nearer end.
      return rank < total / 2
        ? value(passing: rank, places: units.indices, times)
        : value(passing: total - 1 - rank, places: units.indices.reversed(), times)
    }
  }

  /// The first value on the way along `places` that leaves more than `rank` values behind.
  @inline(__always)
  private func value(
    passing rank: Int, places: some Sequence<Int>, _ times: [Int]
  ) -> Double? {
    var passed = 0
    for place in places {
      passed += times[units[place]]
      if passed > rank { return values[place] }
    }
    return nil
  }
}
