/// The aggregates of all groups in one column, over the row groups merged so far.
///
/// Row groups are merged in their order, so that a sum of doubles depends neither on the number of
/// threads nor on what was kept from an earlier query.
struct ColumnState: Sendable {
  var counts: [Int64] = []
  var integerSums: [Int128] = []
  var magnitudes: [Int128] = []
  var realSums: [Double] = []
  /// The rounding errors of additions (Neumaier, https://doi.org/10.1002/zamm.19740540106).
  var losses: [Double] = []
  var least: Extremes
  var greatest: Extremes
  var means: [Double] = []
  var squares: [Double] = []
  /// By fraction and group.
  var windows: [[QuantileWindow]]

  init(_ measure: Measure) {
    least = measure.hasLeast ? Extremes(measure.kind, count: 0) : .none
    greatest = measure.hasGreatest ? Extremes(measure.kind, count: 0) : .none
    windows = measure.fractions.map { _ in [] }
  }

  /// Adds groups without values up to `count`.
  mutating func grow(_ measure: Measure, to count: Int) {
    let added = count - counts.count
    guard added > 0 else { return }
    counts += repeatElement(0, count: added)
    if measure.hasSum, measure.kind == .integer {
      integerSums += repeatElement(0, count: added)
      magnitudes += repeatElement(0, count: added)
    }
    if measure.hasSum, measure.kind == .real {
      realSums += repeatElement(0, count: added)
      losses += repeatElement(0, count: added)
    }
    least.grow(to: count)
    greatest.grow(to: count)
    if measure.hasSpread {
      means += repeatElement(0, count: added)
      squares += repeatElement(0, count: added)
    }
    for index in windows.indices {
      windows[index] += repeatElement(QuantileWindow(), count: added)
    }
  }

  /// Adds the groups of a row group; `map` says where each goes.
  mutating func merge(_ partial: ColumnPartial, map: [UInt32], _ measure: Measure) {
    let before = counts
    if measure.hasLeast {
      least.merge(partial.least, map: map, isGreatest: false) {
        before[$0] > 0
      } otherHas: {
        partial.counts[$0] > 0
      }
    }
    if measure.hasGreatest {
      greatest.merge(partial.greatest, map: map, isGreatest: true) {
        before[$0] > 0
      } otherHas: {
        partial.counts[$0] > 0
      }
    }
    for (local, target) in map.enumerated() where target != GroupMap.none {
      let group = Int(target)
      guard partial.counts[local] > 0 else { continue }
      if measure.hasSum {
        if measure.kind == .integer {
          integerSums[group] += partial.integerSums[local]
          magnitudes[group] += partial.magnitudes[local]
        } else {
          add(partial.realSums[local], to: group)
        }
      }
      if measure.hasSpread { mergeSpread(partial, local, group) }
      counts[group] += partial.counts[local]
    }
  }

  private mutating func add(_ value: Double, to group: Int) {
    let sum = realSums[group] + value
    if realSums[group].magnitude >= value.magnitude {
      losses[group] += (realSums[group] - sum) + value
    } else {
      losses[group] += (value - sum) + realSums[group]
    }
    realSums[group] = sum
  }

  /// Combines means and squared distances of two sets of values (Chan, Golub and LeVeque,
  /// http://i.stanford.edu/pub/cstr/reports/cs/tr/79/773/CS-TR-79-773.pdf).
  private mutating func mergeSpread(_ partial: ColumnPartial, _ local: Int, _ group: Int) {
    let (left, right) = (Double(counts[group]), Double(partial.counts[local]))
    guard left > 0 else {
      means[group] = partial.means[local]
      squares[group] = partial.squares[local]
      return
    }
    let distance = partial.means[local] - means[group]
    let count = left + right
    means[group] += distance * (right / count)
    squares[group] += partial.squares[local] + distance * distance * (left * right / count)
  }

  /// The sum of a group's doubles.
  func realSum(_ group: Int) -> Double {
    // What infinities lose is no number.
    realSums[group].isFinite ? realSums[group] + losses[group] : realSums[group]
  }

  /// About how many bytes the state takes.
  var memoryBytes: Int {
    counts.count * 8 + integerSums.count * 32 + realSums.count * 16 + means.count * 16
      + windows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.memoryBytes } }
  }
}
