import Columns

/// The values of some rows of a column that are not null, with the group of each.
struct Present<Value: Sendable> {
  let values: [Value]
  /// The group of each value; nil when there is only one group.
  let ids: [UInt32]?
  /// The number of values of each group.
  let counts: [Int64]

  private init(values: [Value], ids: [UInt32]?, counts: [Int64]) {
    self.values = values
    self.ids = ids
    self.counts = counts
  }

  /// The values of `rows` (all when nil); `sizes` are the numbers of the groups' rows.
  @inline(__always)
  init(
    _ all: [Value], _ vector: ColumnVector, _ rows: [UInt32]?, _ groups: LocalGroups,
    _ sizes: [Int64], isNull: ((Value) -> Bool)? = nil
  ) {
    let chosen = rows.map { rows in rows.map { all[Int($0)] } } ?? all
    var places = vector.validity.map { validity in
      rows.map { validity.setPlaces(among: $0) } ?? validity.setPlaces
    }
    if let isNull {
      places = (places ?? Array(0..<UInt32(chosen.count))).filter { !isNull(chosen[Int($0)]) }
    }
    guard let places else {
      self.init(values: chosen, ids: groups.ids, counts: sizes)
      return
    }
    let ids = groups.ids.map { ids in places.map { ids[Int($0)] } }
    var counts = [Int64](repeating: 0, count: groups.count)
    if let ids {
      for id in ids { counts[Int(id)] += 1 }
    } else {
      counts[0] = Int64(places.count)
    }
    self.init(values: places.map { chosen[Int($0)] }, ids: ids, counts: counts)
  }

  /// The group of value `index`.
  @inline(__always)
  func group(_ index: Int) -> Int { if let ids { Int(ids[index]) } else { 0 } }

  /// The same groups with other values.
  func map<Other>(_ transform: (Value) -> Other) -> Present<Other> {
    Present<Other>(values: values.map(transform), ids: ids, counts: counts)
  }

  /// For each group the value that precedes all others, or `none`.
  @inline(__always)
  func extremes(_ none: Value, _ precedes: (Value, Value) -> Bool) -> [Value] {
    var found = [Value](repeating: none, count: counts.count)
    guard let ids else {
      var best = none
      for value in values where precedes(value, best) { best = value }
      found[0] = best
      return found
    }
    for index in values.indices {
      let group = Int(ids[index])
      if precedes(values[index], found[group]) { found[group] = values[index] }
    }
    return found
  }
}

extension Present<Double> {
  /// The values of a column of doubles; NaN is null to SQLite.
  init(
    reals: [Double], _ vector: ColumnVector, _ rows: [UInt32]?, _ groups: LocalGroups,
    _ sizes: [Int64]
  ) {
    // Counted and not looked for, so that the loop takes several values at a time.
    var nanCount = 0
    for real in reals where real.isNaN { nanCount &+= 1 }
    if nanCount > 0 {
      self.init(reals, vector, rows, groups, sizes) { $0.isNaN }
    } else {
      self.init(reals, vector, rows, groups, sizes)
    }
  }

  /// The sum of each group, in an order that depends only on the rows.
  func sums() -> [Double] {
    var sums = [Double](repeating: 0, count: counts.count)
    guard let ids else {
      // Four sums at a time: each waits for its own last addition only.
      var lanes = SIMD4<Double>(repeating: 0)
      let whole = values.count & ~3
      for index in stride(from: 0, to: whole, by: 4) {
        lanes += SIMD4(values[index], values[index + 1], values[index + 2], values[index + 3])
      }
      var sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
      for index in whole..<values.count { sum += values[index] }
      sums[0] = sum
      return sums
    }
    for index in values.indices { sums[Int(ids[index])] += values[index] }
    return sums
  }

  /// The mean of each group, exact where all its values are equal; of no values zero.
  func means() -> [Double] {
    var firsts = [Double](repeating: 0, count: counts.count)
    for index in values.indices.reversed() { firsts[group(index)] = values[index] }
    var sums = [Double](repeating: 0, count: counts.count)
    for index in values.indices {
      let group = group(index)
      sums[group] += values[index] - firsts[group]
    }
    for group in sums.indices where counts[group] > 0 {
      sums[group] = firsts[group] + sums[group] / Double(counts[group])
    }
    return sums
  }

  /// The sum of each group's squared distances from its mean.
  func squares(around means: [Double]) -> [Double] {
    var squares = [Double](repeating: 0, count: counts.count)
    for index in values.indices {
      let group = group(index)
      let distance = values[index] - means[group]
      squares[group] += distance * distance
    }
    return squares
  }

  /// All values, those of one group together, and where each group's end.
  func sortedByGroup() -> (values: [Double], ends: [Int]) {
    guard let ids else { return (values, [values.count]) }
    var places: [Int] = []
    places.reserveCapacity(counts.count)
    var end = 0
    for count in counts {
      places.append(end)
      end += Int(count)
    }
    var sorted = [Double](repeating: 0, count: values.count)
    var slots = sorted.mutableSpan
    var next = places.mutableSpan
    for index in values.indices {
      let group = Int(ids[index])
      let place = next[group]
      slots[place] = values[index]
      next[group] = place + 1
    }
    return (sorted, places)
  }
}

extension Present<Int64> {
  /// The sum of each group, which the caller knows to fit.
  func wordSums() -> [Int64] {
    var sums = [Int64](repeating: 0, count: counts.count)
    guard let ids else {
      sums[0] = values.reduce(0, &+)
      return sums
    }
    for index in values.indices { sums[Int(ids[index])] &+= values[index] }
    return sums
  }
}
