import Model

extension RuleSetReader {
  private static let operators = [
    "$exists", "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$prefix", "$suffix",
    "$contains",
  ]
  private static let connectives = ["$and", "$or", "$not"]

  /// A condition: paths with their tests, and connectives; all of its members have to be true.
  mutating func condition(_ place: Place) -> Condition {
    let parts = anyMembers(place).map { name, place -> Condition in
      switch name {
      case "$and": return .all(conditions(place))
      case "$or": return .any(conditions(place))
      case "$not": return .not(condition(place))
      default:
        guard name.utf8.first != UInt8(ascii: "$") else {
          let isTest = Self.operators.contains { Carving.isSame($0, name) }
          note(
            isTest
              ? "tests no field: write {\"path\": {\"\(name)\": …}}"
              : "is not a connective; " + Spelling.advice(name, Self.connectives), at: place.pointer
          )
          return .all([])
        }
        return tests(place, of: path(name, at: place.pointer))
      }
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func conditions(_ place: Place) -> [Condition] {
    list(place, atLeast: 1).map { condition($0) }
  }

  private mutating func tests(_ place: Place, of path: FieldPath) -> Condition {
    guard case .object(let members) = place.value else {
      note(
        "is \(place.value.kind), where tests are expected, like {\"$eq\": …}", at: place.pointer)
      return .all([])
    }
    if members.isEmpty { note("has no test", at: place.pointer) }
    let parts = anyMembers(place).compactMap { name, place in
      test(name, place).map { Condition.test(path, $0) }
    }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func test(_ name: String, _ place: Place) -> FieldTest? {
    switch name {
    case "$exists": return .exists(flag(place, default: true))
    case "$eq": return scalar(place).map { .equal($0) }
    case "$ne": return scalar(place).map { .notEqual($0) }
    case "$gt": return ordered(place).map { .greater($0) }
    case "$gte": return ordered(place).map { .greaterOrEqual($0) }
    case "$lt": return ordered(place).map { .less($0) }
    case "$lte": return ordered(place).map { .lessOrEqual($0) }
    case "$in": return .among(scalars(place))
    case "$nin": return .notAmong(scalars(place))
    case "$prefix": return .prefix(ExactText(text(place, atMost: 4096)))
    case "$suffix": return .suffix(ExactText(text(place, atMost: 4096)))
    case "$contains": return .contains(ExactText(text(place, atMost: 4096)))
    case "$regex":
      note(
        "is left out, since some patterns take for ever; use $prefix, $suffix, $contains or $in",
        at: place.pointer)
      return nil
    default:
      note("is not an operator; " + Spelling.advice(name, Self.operators), at: place.pointer)
      return nil
    }
  }

  private mutating func scalar(_ place: Place) -> RuleScalar? {
    switch place.value {
    case .bool(let value): return .bool(value)
    case .integer(let value): return .integer(value)
    case .string(let text): return .text(ExactText(text))
    case .number, .null, .verbatim: return nil  // Noted with the whole document's.
    case .array, .object:
      note(
        "is \(place.value.kind), where a text, an integer, or true or false is expected",
        at: place.pointer)
      return nil
    }
  }

  private mutating func ordered(_ place: Place) -> RuleScalar? {
    let scalar = scalar(place)
    if case .bool = scalar {
      note("is true or false, which have no order", at: place.pointer)
      return nil
    }
    return scalar
  }

  private mutating func scalars(_ place: Place) -> [RuleScalar] {
    list(place, atLeast: 1).compactMap { scalar($0) }
  }
}
