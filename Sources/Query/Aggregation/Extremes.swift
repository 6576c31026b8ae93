/// The least or the greatest values of groups; what a group without values has means nothing.
enum Extremes: Sendable {
  case none
  case integers([Int64])
  case reals([Double])
  case texts([[UInt8]])

  /// A place for `count` groups of a kind of values.
  init(_ kind: Measure.Kind, count: Int) {
    switch kind {
    case .integer: self = .integers([Int64](repeating: 0, count: count))
    case .real: self = .reals([Double](repeating: 0, count: count))
    case .text: self = .texts([[UInt8]](repeating: [], count: count))
    case .any: self = .none
    }
  }

  /// Adds groups without values up to `count`.
  mutating func grow(to count: Int) {
    switch self {
    case .none: break
    case .integers(var values):
      self = .none
      values += repeatElement(0, count: count - values.count)
      self = .integers(values)
    case .reals(var values):
      self = .none
      values += repeatElement(0, count: count - values.count)
      self = .reals(values)
    case .texts(var values):
      self = .none
      values += repeatElement([], count: count - values.count)
      self = .texts(values)
    }
  }

  /// Merges the extremes of the groups of `other`; `map` gives the group that each belongs to.
  ///
  /// `hasValue` marks these groups, and `otherHas` those of `other`, that have a value.
  mutating func merge(
    _ other: Extremes, map: [UInt32], isGreatest: Bool, hasValue: (Int) -> Bool,
    otherHas: (Int) -> Bool
  ) {
    switch (self, other) {
    case (.integers(var values), .integers(let added)):
      self = .none
      Self.merge(&values, added, map, hasValue, otherHas) { isGreatest ? $0 > $1 : $0 < $1 }
      self = .integers(values)
    case (.reals(var values), .reals(let added)):
      self = .none
      Self.merge(&values, added, map, hasValue, otherHas) { isGreatest ? $0 > $1 : $0 < $1 }
      self = .reals(values)
    case (.texts(var values), .texts(let added)):
      self = .none
      Self.merge(&values, added, map, hasValue, otherHas) {
        isGreatest ? $1.lexicographicallyPrecedes($0) : $0.lexicographicallyPrecedes($1)
      }
      self = .texts(values)
    default: break
    }
  }

  @inline(__always)
  private static func merge<Value>(
    _ values: inout [Value], _ added: [Value], _ map: [UInt32], _ hasValue: (Int) -> Bool,
    _ otherHas: (Int) -> Bool, _ precedes: (Value, Value) -> Bool
  ) {
    // A dictionary may hold a word twice: then two groups of `other` are one group of these.
    var isReached = [Bool](repeating: false, count: values.count)
    for (local, global) in map.enumerated() where global != GroupMap.none && otherHas(local) {
      let target = Int(global)
      let isFirst = !isReached[target] && !hasValue(target)
      if isFirst || precedes(added[local], values[target]) { values[target] = added[local] }
      isReached[target] = true
    }
  }
}
