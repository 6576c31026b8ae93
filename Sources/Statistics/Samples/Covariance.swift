/// Two means over the same rows, with the variances of the means and their covariance.
struct Covariance {
  let firstMean: Double
  let secondMean: Double
  let firstVariance: Double
  let secondVariance: Double
  let covariance: Double

  /// Cluster-robust where there are clusters; for at least two units.
  init(_ first: [Double], _ second: [Double], clusters: Clusters?) {
    let (one, two) = (Moments(first).mean, Moments(second).mean)
    let firstRest = first.map { $0 - one }
    let secondRest = second.map { $0 - two }
    let firstUnits = clusters?.totals(firstRest) ?? firstRest
    let secondUnits = clusters?.totals(secondRest) ?? secondRest
    let units = Double(firstUnits.count)
    let rows = Double(first.count)
    let factor = units / (units - 1) / (rows * rows)
    var sums = (first: 0.0, second: 0.0, both: 0.0)
    for unit in firstUnits.indices {
      sums.first += firstUnits[unit] * firstUnits[unit]
      sums.second += secondUnits[unit] * secondUnits[unit]
      sums.both += firstUnits[unit] * secondUnits[unit]
    }
    firstMean = one
    secondMean = two
    firstVariance = sums.first * factor
    secondVariance = sums.second * factor
    covariance = sums.both * factor
  }
}
