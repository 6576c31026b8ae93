/// Finds conditions that no request can make true: tests of one field that exclude each other.
///
/// What it finds is so; it finds the usual mistakes, not all there can be.
enum Contradiction {
  /// A field whose tests exclude each other in every way that `condition` could be true; nil when
  /// none is found.
  static func field(in condition: Condition) -> FieldPath? {
    var tests: [FieldPath: [FieldTest]] = [:]
    var paths: [FieldPath] = []
    for part in condition.conjuncts {
      switch part {
      case .test(let path, let test):
        if tests[path] == nil { paths.append(path) }
        tests[path, default: []].append(test)
      case .any(let choices):
        let found = choices.map { field(in: $0) }
        if let first = found.first, found.allSatisfy({ $0 != nil }) { return first }
      case .all, .not: break
      }
    }
    return paths.first { !isPossible(tests[$0] ?? []) }
  }

  /// Returns true when a value can pass all of some tests, as far as this check sees.
  private static func isPossible(_ tests: [FieldTest]) -> Bool {
    if tests.contains(.exists(false)) { return tests.allSatisfy { $0 == .exists(false) } }
    // Where a test names the values that pass, they are tried.
    for test in tests {
      switch test {
      case .equal(let scalar): return tests.allSatisfy { $0.isPassed(by: scalar) }
      case .among(let scalars):
        return scalars.contains { scalar in tests.allSatisfy { $0.isPassed(by: scalar) } }
      default: break
      }
    }
    return RuleScalar.Kind.allCases.contains { kind in
      tests.allSatisfy { $0.kinds.contains(kind) } && hasRoom(tests, for: kind)
    }
  }

  /// Returns true when bounds leave a value between them, and beginnings and ends agree.
  private static func hasRoom(_ tests: [FieldTest], for kind: RuleScalar.Kind) -> Bool {
    for lower in tests {
      for upper in tests {
        switch (lower, upper) {
        case (.greater(let low), .less(let high)), (.greater(let low), .lessOrEqual(let high)),
          (.greaterOrEqual(let low), .less(let high)):
          if low.kind == kind, let order = low.order(high), order >= 0 { return false }
        case (.greaterOrEqual(let low), .lessOrEqual(let high)):
          if low.kind == kind, let order = low.order(high), order > 0 { return false }
        case (.prefix(let one), .prefix(let other)):
          if !zip(one.utf8, other.utf8).allSatisfy({ $0 == $1 }) { return false }
        case (.suffix(let one), .suffix(let other)):
          if !zip(one.utf8.reversed(), other.utf8.reversed()).allSatisfy({ $0 == $1 }) {
            return false
          }
        default: break
        }
      }
    }
    return true
  }
}

extension RuleScalar {
  /// The kinds of values that are compared with each other.
  fileprivate enum Kind: CaseIterable {
    case bool, number, text, other
  }

  fileprivate var kind: Kind {
    switch self {
    case .bool: .bool
    case .integer: .number
    case .text: .text
    }
  }

  /// Below zero when this is less; nil when the two are not compared.
  fileprivate func order(_ other: RuleScalar) -> Int? {
    switch (self, other) {
    case (.bool(let left), .bool(let right)): left == right ? 0 : left ? 1 : -1
    case (.integer(let left), .integer(let right)): left == right ? 0 : left > right ? 1 : -1
    case (.text(let left), .text(let right)):
      left == right ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    default: nil
    }
  }
}

extension FieldTest {
  /// The kinds of values that can pass.
  fileprivate var kinds: Set<RuleScalar.Kind> {
    switch self {
    case .exists(let isThere): isThere ? Set(RuleScalar.Kind.allCases) : []
    case .equal(let scalar), .notEqual(let scalar), .greater(let scalar),
      .greaterOrEqual(let scalar), .less(let scalar), .lessOrEqual(let scalar):
      [scalar.kind]
    case .among(let scalars), .notAmong(let scalars): Set(scalars.map(\.kind))
    case .prefix, .suffix, .contains: [.text]
    }
  }

  /// Returns true when a field with this value passes.
  fileprivate func isPassed(by value: RuleScalar) -> Bool {
    var text: [UInt8] = []
    if case .text(let exact) = value { text = Array(exact.utf8) }
    return switch self {
    case .exists(let isThere): isThere
    case .equal(let scalar): value == scalar
    case .notEqual(let scalar): value.kind == scalar.kind && value != scalar
    case .greater(let scalar): value.order(scalar).map { $0 > 0 } ?? false
    case .greaterOrEqual(let scalar): value.order(scalar).map { $0 >= 0 } ?? false
    case .less(let scalar): value.order(scalar).map { $0 < 0 } ?? false
    case .lessOrEqual(let scalar): value.order(scalar).map { $0 <= 0 } ?? false
    case .among(let scalars): scalars.contains(value)
    case .notAmong(let scalars):
      scalars.contains { $0.kind == value.kind } && !scalars.contains(value)
    case .prefix(let part): value.kind == .text && text.starts(with: part.utf8)
    case .suffix(let part):
      value.kind == .text && text.reversed().starts(with: part.utf8.reversed())
    case .contains(let part):
      value.kind == .text
        && (part.utf8.isEmpty || text.indices.contains { text[$0...].starts(with: part.utf8) })
    }
  }
}
