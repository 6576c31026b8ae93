/// A column in ascending order, so that a resample's quantile needs no sort.
struct RankedColumn {
  private let values: [Double]
  private let units: [Int]

  /// `units` names the unit of each value.
  init(_ values: [Double], units: [Int]) {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    self.values = order.map { values[$0] }
    self.units = order.map { units[$0] }
  }

  /// The nearest-rank quantile where unit u appears `times[u]` times; nil where none appears.
  func quantile(_ share: Double, _ times: [Int]) -> Double? {
    var total = 0
    for unit in units { total += times[unit] }
    if total == 0 { return nil }
    let rank = QuantileEstimate.rank(share, of: total)
    var passed = 0
    for place in units.indices {
      passed += times[units[place]]
      if passed > rank { return values[place] }
    }
    return values.last
  }
}
