import Columns
import Model

extension GroupedState {
  /// The table of groups that a query's statement reads, in the order of the grouping columns; nil
  /// when a sum of integers may have left 64 bits on the way.
  ///
  /// Whether SQLite then fails depends on the order of rows, so it has to say.
  func result(of query: AggregateQuery) -> RowBatch? {
    let order = self.order()
    var definitions: [ColumnDefinition] = []
    var vectors: [ColumnVector] = []
    for (index, key) in keys.enumerated() {
      let numbers = order.map { tuples.elements[tuples.range($0).lowerBound + index] }
      definitions.append(ColumnDefinition(name: AggregateQuery.groupName(index), type: key.type))
      vectors.append(key.vector(numbers))
    }
    let measures = Measure.all(for: query)
    for (index, aggregate) in query.aggregates.enumerated() {
      let vector: ColumnVector
      if let column = aggregate.column,
        let place = measures.firstIndex(where: { $0.column == column })
      {
        guard let found = columns[place].vector(aggregate.function, measures[place], order)
        else { return nil }
        vector = found
      } else {
        let sizes = order.map { self.sizes[$0] }
        vector = ColumnVector(
          type: .int64, count: sizes.count, validity: nil, values: .int64(sizes))
      }
      definitions.append(
        ColumnDefinition(name: AggregateQuery.aggregateName(index), type: vector.type))
      vectors.append(vector)
    }
    return RowBatch(columns: definitions, vectors: vectors, count: order.count)
  }

  /// The groups in the order of their columns' values, as SQLite gives them.
  private func order() -> [Int] {
    let ranks = keys.map { $0.ranks() }
    let width = keys.count
    var places: [Int] = []
    places.reserveCapacity(count * width)
    for group in 0..<count {
      let start = tuples.range(group).lowerBound
      for column in 0..<width { places.append(ranks[column][Int(tuples.elements[start + column])]) }
    }
    return (0..<count).sorted { left, right in
      for column in 0..<width {
        let (first, second) = (places[left * width + column], places[right * width + column])
        if first != second { return first < second }
      }
      return false
    }
  }
}

extension ColumnState {
  /// An aggregate of the groups `order`; nil when a sum may have overflowed.
  fileprivate func vector(
    _ function: Aggregate.Function, _ measure: Measure, _ order: [Int]
  ) -> ColumnVector? {
    switch function {
    case .count:
      return ColumnVector(
        type: .int64, count: order.count, validity: nil, values: .int64(order.map { counts[$0] }))
    case .sum where measure.kind == .integer: return integerSum(order)
    case .sum: return reals(order) { counts[$0] > 0 ? realSum($0) : nil }
    case .total: return reals(order) { total($0, measure) }
    case .average:
      return reals(order) { counts[$0] > 0 ? total($0, measure) / Double(counts[$0]) : nil }
    case .least: return extremes(least, order)
    case .greatest: return extremes(greatest, order)
    case .quantile(let fraction):
      let index = measure.fractions.firstIndex(of: fraction) ?? 0
      return reals(order) { counts[$0] > 0 ? windows[index][$0].quantile(fraction) : nil }
    case .spread(let isSample, let isRoot):
      return reals(order) { group in
        guard counts[group] > (isSample ? 1 : 0) else { return nil }
        let variance = squares[group] / Double(counts[group] - (isSample ? 1 : 0))
        return isRoot ? variance.squareRoot() : variance
      }
    }
  }

  private func total(_ group: Int, _ measure: Measure) -> Double {
    guard measure.kind == .integer else { return realSum(group) }
    let sum = integerSums[group]
    // From a word it is one instruction, from two the library's general conversion.
    let word = Int64(truncatingIfNeeded: sum)
    return Int128(word) == sum ? Double(word) : Double(sum)
  }

  private func integerSum(_ order: [Int]) -> ColumnVector? {
    guard order.allSatisfy({ magnitudes[$0] <= Int128(Int64.max) }) else { return nil }
    return ColumnVector(
      type: .int64, count: order.count, validity: validity(order),
      values: .int64(order.map { Int64(truncatingIfNeeded: integerSums[$0]) }))
  }

  private func validity(_ order: [Int]) -> Bitmap {
    var validity = Bitmap(count: 0)
    for group in order { validity.append(counts[group] > 0) }
    return validity
  }

  private func reals(_ order: [Int], _ value: (Int) -> Double?) -> ColumnVector {
    var validity = Bitmap(count: 0)
    var reals: [Double] = []
    for group in order {
      let real = value(group)
      validity.append(real != nil)
      reals.append(real ?? 0)
    }
    return ColumnVector(
      type: .float64, count: order.count, validity: validity,
      values: .float64(reals, integral: nil))
  }

  private func extremes(_ extremes: Extremes, _ order: [Int]) -> ColumnVector {
    let type: ColumnType
    let values: ColumnVector.Values
    switch extremes {
    case .none: (type, values) = (.int64, .none)
    case .integers(let all): (type, values) = (.int64, .int64(order.map { all[$0] }))
    case .reals(let all):
      (type, values) = (.float64, .float64(order.map { all[$0] }, integral: nil))
    case .texts(let all):
      var texts = TextValues()
      for group in order { texts.append(all[group]) }
      (type, values) = (.string, .text(texts))
    }
    return ColumnVector(
      type: type, count: order.count, validity: validity(order), values: values)
  }
}
