import Columns

/// The aggregates of one row group's groups in one column.
struct ColumnPartial: Sendable {
  /// The number of values that are not null.
  var counts: [Int64] = []
  var integerSums: [Int128] = []
  /// Bounds of the sums of absolute values: no order of adding can go beyond them.
  var magnitudes: [Int128] = []
  var realSums: [Double] = []
  var least = Extremes.none
  var greatest = Extremes.none
  /// The sums of squared distances from the means.
  var squares: [Double] = []
  var means: [Double] = []
  /// All values, those of one group together, and where each group's end.
  var values: [Double] = []
  var ends: [Int] = []

  /// Aggregates the rows `rows` (all when nil) of `vector` by their groups.
  init(
    _ measure: Measure, _ vector: ColumnVector, rows: [UInt32]?, groups: LocalGroups,
    sizes: [Int64]
  ) {
    switch (measure.kind, vector.values) {
    case (_, .none):
      addNothing(measure, groups.count)
    case (.integer, .bool(let bits)):
      addIntegers(measure, Present(bits.numbers, vector, rows, groups, sizes))
    case (.integer, .int64(let integers)):
      addIntegers(measure, Present(integers, vector, rows, groups, sizes))
    case (.real, .float64(let reals, _)):
      addReals(measure, Present(reals: reals, vector, rows, groups, sizes))
    case (.text, .text(let texts)):
      let places = (0..<UInt32(vector.count)).map { $0 }
      addTexts(measure, Present(places, vector, rows, groups, sizes), texts)
    case (.text, .dictionary(let codes, let words)):
      addTexts(measure, Present(codes, vector, rows, groups, sizes), words)
    default:
      // Only counted.
      let places = [UInt8](repeating: 0, count: vector.count)
      counts = Present(places, vector, rows, groups, sizes).counts
    }
  }

  private mutating func addNothing(_ measure: Measure, _ count: Int) {
    counts = [Int64](repeating: 0, count: count)
    if measure.hasSum {
      integerSums = [Int128](repeating: 0, count: measure.kind == .integer ? count : 0)
      magnitudes = integerSums
      realSums = [Double](repeating: 0, count: measure.kind == .real ? count : 0)
    }
    if measure.hasLeast { least = Extremes(measure.kind, count: count) }
    if measure.hasGreatest { greatest = Extremes(measure.kind, count: count) }
    if measure.hasSpread {
      means = [Double](repeating: 0, count: count)
      squares = means
    }
    if !measure.fractions.isEmpty { ends = [Int](repeating: 0, count: count) }
  }

  private mutating func addIntegers(_ measure: Measure, _ present: Present<Int64>) {
    counts = present.counts
    if measure.hasSum { sum(present) }
    if measure.hasLeast { least = .integers(present.extremes(.max) { $0 < $1 }) }
    if measure.hasGreatest { greatest = .integers(present.extremes(.min) { $0 > $1 }) }
    guard measure.hasSpread || !measure.fractions.isEmpty else { return }
    addDistribution(measure, present.map { Double($0) })
  }

  private mutating func addReals(_ measure: Measure, _ present: Present<Double>) {
    counts = present.counts
    if measure.hasSum { realSums = present.sums() }
    if measure.hasLeast { least = .reals(present.extremes(.infinity) { $0 < $1 }) }
    if measure.hasGreatest { greatest = .reals(present.extremes(-.infinity) { $0 > $1 }) }
    addDistribution(measure, present)
  }

  private mutating func addTexts(
    _ measure: Measure, _ present: Present<UInt32>, _ words: TextValues
  ) {
    counts = present.counts
    if measure.hasLeast { least = .texts(Self.extremes(present, words) { $0 < $1 }) }
    if measure.hasGreatest { greatest = .texts(Self.extremes(present, words) { $0 > $1 }) }
  }

  private static func extremes(
    _ present: Present<UInt32>, _ words: TextValues, _ precedes: (Int, Int) -> Bool
  ) -> [[UInt8]] {
    var found = [UInt32?](repeating: nil, count: present.counts.count)
    for (index, code) in present.values.enumerated() {
      let group = present.group(index)
      guard let best = found[group] else {
        found[group] = code
        continue
      }
      if best != code, precedes(compare(words, Int(code), Int(best)), 0) { found[group] = code }
    }
    return found.map { $0.map { Array(words.bytes[words.range(Int($0))]) } ?? [] }
  }

  /// Negative, zero or positive as text `left` stands to text `right`, byte by byte.
  private static func compare(_ words: TextValues, _ left: Int, _ right: Int) -> Int {
    let (first, second) = (words.bytes[words.range(left)], words.bytes[words.range(right)])
    for (one, other) in zip(first, second) where one != other { return one < other ? -1 : 1 }
    return first.count - second.count
  }

  private mutating func sum(_ present: Present<Int64>) {
    var (low, high) = (Int64(0), Int64(0))
    for value in present.values { (low, high) = (min(low, value), max(high, value)) }
    let bound = Int128(max(low.magnitude, high.magnitude))
    if bound * Int128(present.values.count) <= Int128(Int64.max) {
      // No sum can leave 64 bits.
      integerSums = present.wordSums().map { Int128($0) }
      magnitudes = counts.map { bound * Int128($0) }
      return
    }
    integerSums = [Int128](repeating: 0, count: counts.count)
    magnitudes = integerSums
    for (index, value) in present.values.enumerated() {
      let group = present.group(index)
      integerSums[group] += Int128(value)
      magnitudes[group] += Int128(value.magnitude)
    }
  }

  private mutating func addDistribution(_ measure: Measure, _ present: Present<Double>) {
    if measure.hasSpread {
      means = present.means()
      squares = present.squares(around: means)
    }
    if !measure.fractions.isEmpty { (values, ends) = present.sortedByGroup() }
  }

  /// About how many bytes the aggregates take.
  var memoryBytes: Int {
    values.count * 8 + ends.count * 8 + counts.count * 8
      + (integerSums.count + magnitudes.count) * 16
      + (realSums.count + squares.count + means.count) * 8
      + counts.count * 16
  }
}
