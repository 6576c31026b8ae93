package import Routing

/// Random documents and contexts, and what they mean by the plainest reading.
package struct RandomRules {
  /// A JSON value of a context.
  package indirect enum Value: Sendable {
    case null, bool(Bool), integer(Int), text(String), list([Value]), object([(String, Value)])

    package var json: String {
      switch self {
      case .null: "null"
      case .bool(let value): "\(value)"
      case .integer(let value): "\(value)"
      case .text(let text): "\"\(text)\""
      case .list(let items): "[" + items.map(\.json).joined(separator: ", ") + "]"
      case .object(let members):
        "{" + members.map { "\"\($0)\": " + $1.json }.joined(separator: " , ") + "}"
      }
    }

    /// The value at the end of a path.
    package subscript(path: ArraySlice<Substring>) -> Value? {
      guard let name = path.first else { return self }
      guard case .object(let members) = self else { return nil }
      return members.first { $0.0 == name }?.1[path.dropFirst()]
    }
  }

  var generator: SeededGenerator
  static let texts = ["", "a", "ab", "b", "é", "e\u{301}", "ba"]
  static let paths = [
    "principal.plan", "principal.n", "metadata.s", "metadata.o.x", "metadata.o", "headers.x",
    "request.n",
  ]

  /// Values of every kind: all that tests name, and some beside them.
  package static let values: [Value] =
    [.null, .bool(true), .bool(false), .list([]), .object([])] + (-3..<5).map { .integer($0) }
    + texts.map { .text($0) } + ["c", "aba", "aab", "bab"].map { .text($0) }

  /// What always follows from `seed`.
  package init(seed: Int) { generator = SeededGenerator(seed: UInt64(seed)) }

  /// A number of a range.
  package mutating func number(_ range: Range<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  /// One of some.
  package mutating func pick<Item>(_ items: [Item]) -> Item { items[number(0..<items.count)] }

  mutating func scalar(ordered: Bool = false) -> RuleScalar {
    switch number(ordered ? 1..<3 : 0..<3) {
    case 0: .bool(number(0..<2) == 0)
    case 1: .integer(Int64(number(-1..<3)))
    default: .text(ExactText(pick(Self.texts)))
    }
  }

  /// A test of a field.
  package mutating func test() -> FieldTest {
    switch number(0..<12) {
    case 0: .exists(number(0..<2) == 0)
    case 1: .equal(scalar())
    case 2: .notEqual(scalar())
    case 3: .greater(scalar(ordered: true))
    case 4: .greaterOrEqual(scalar(ordered: true))
    case 5: .less(scalar(ordered: true))
    case 6: .lessOrEqual(scalar(ordered: true))
    case 7: .among((0...number(0..<3)).map { _ in scalar() })
    case 8: .notAmong((0...number(0..<3)).map { _ in scalar() })
    case 9: .prefix(ExactText(pick(Array(Self.texts.dropFirst()))))
    case 10: .suffix(ExactText(pick(Array(Self.texts.dropFirst()))))
    default: .contains(ExactText(pick(Array(Self.texts.dropFirst()))))
    }
  }

  /// When a rule applies.
  package mutating func condition(depth: Int = 0) -> Condition {
    let count = number(1..<4)
    switch number(0..<(depth > 3 ? 1 : 5)) {
    case 1: return .all((0..<count).map { _ in condition(depth: depth + 1) })
    case 2: return .any((0..<count).map { _ in condition(depth: depth + 1) })
    case 3: return .not(condition(depth: depth + 1))
    default: return .test(FieldPath(pick(Self.paths)), test())
    }
  }

  mutating func value(depth: Int = 0) -> Value {
    switch number(0..<(depth > 1 ? 4 : 6)) {
    case 0: .null
    case 1: .bool(number(0..<2) == 0)
    case 2: .integer(number(-1..<3))
    case 3: .text(pick(Self.texts))
    case 4: .list([value(depth: depth + 1)])
    default: .object([("x", value(depth: depth + 1)), ("y", .integer(1))])
    }
  }

  /// A context, mostly with a unit to hash and a name of the request.
  package mutating func context() -> Value {
    let unit = Value.text("u\(number(0..<1_000_000))")
    let id = Value.text("r\(number(0..<1_000_000))")
    let roots = [
      ("principal", ["plan", "n", "user"]), ("metadata", ["s", "o", "t"]), ("headers", ["x"]),
      ("request", ["n", "id"]),
    ]
    var members = roots.shuffled(using: &generator).compactMap { root, names in
      guard number(0..<8) > 0 else { return (String, Value)?.none }
      let members = names.compactMap { name -> (String, Value)? in
        guard number(0..<4) > 0 else { return nil }
        let isPlain = number(0..<4) > 0
        switch name {
        case "user" where isPlain: return (name, unit)
        case "id" where isPlain: return (name, id)
        default: return (name, value())
        }
      }
      return (root, .object(members))
    }
    if number(0..<4) == 0 { members.append(("targetingKey", value(depth: 2))) }
    return .object(members)
  }
}

extension Condition {
  /// As a document writes it.
  package var json: String {
    switch self {
    case .all(let parts): "{\"$and\": [" + parts.map(\.json).joined(separator: ",") + "]}"
    case .any(let parts): "{\"$or\": [" + parts.map(\.json).joined(separator: ",") + "]}"
    case .not(let part): "{\"$not\": \(part.json)}"
    case .test(let path, let test): "{\"\(path.text)\": {\(test.json)}}"
    }
  }

  /// By the plainest reading.
  package func truth(_ context: RandomRules.Value) -> Truth {
    switch self {
    case .all(let parts): parts.map { $0.truth(context) }.min() ?? .true
    case .any(let parts): parts.map { $0.truth(context) }.max() ?? .false
    case .not(let part): !part.truth(context)
    case .test(let path, let test): test.truth(context[path.text.split(separator: ".")[...]])
    }
  }
}

extension RuleScalar {
  var json: String {
    switch self {
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .text(let text): "\"\(text)\""
    }
  }

  /// How a value compares; nil when the types differ.
  func order(_ value: RandomRules.Value?) -> Int? {
    switch (value, self) {
    case (.bool(let left), .bool(let right)): left == right ? 0 : left ? 1 : -1
    case (.integer(let left), .integer(let right)): left - Int(right)
    case (.text(let left), .text(let right)):
      Array(left.utf8) == right.utf8
        ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    default: nil
    }
  }
}

extension FieldTest {
  var json: String {
    switch self {
    case .exists(let value): "\"$exists\": \(value)"
    case .equal(let scalar): "\"$eq\": \(scalar.json)"
    case .notEqual(let scalar): "\"$ne\": \(scalar.json)"
    case .greater(let scalar): "\"$gt\": \(scalar.json)"
    case .greaterOrEqual(let scalar): "\"$gte\": \(scalar.json)"
    case .less(let scalar): "\"$lt\": \(scalar.json)"
    case .lessOrEqual(let scalar): "\"$lte\": \(scalar.json)"
    case .among(let scalars): "\"$in\": [" + scalars.map(\.json).joined(separator: ",") + "]"
    case .notAmong(let scalars): "\"$nin\": [" + scalars.map(\.json).joined(separator: ",") + "]"
    case .prefix(let text): "\"$prefix\": \"\(text)\""
    case .suffix(let text): "\"$suffix\": \"\(text)\""
    case .contains(let text): "\"$contains\": \"\(text)\""
    }
  }

  func truth(_ value: RandomRules.Value?) -> Truth {
    var isThere = value != nil
    if case .null? = value { isThere = false }
    func known(_ truth: Bool?) -> Truth { truth.map { $0 ? .true : .false } ?? .unknown }
    var text: [UInt8]?
    if case .text(let value)? = value { text = Array(value.utf8) }
    switch self {
    case .exists(let wanted): return known(isThere == wanted)
    case .equal(let scalar): return known(scalar.order(value).map { $0 == 0 })
    case .notEqual(let scalar): return known(scalar.order(value).map { $0 != 0 })
    case .greater(let scalar): return known(scalar.order(value).map { $0 > 0 })
    case .greaterOrEqual(let scalar): return known(scalar.order(value).map { $0 >= 0 })
    case .less(let scalar): return known(scalar.order(value).map { $0 < 0 })
    case .lessOrEqual(let scalar): return known(scalar.order(value).map { $0 <= 0 })
    case .among(let scalars):
      let orders = scalars.compactMap { $0.order(value) }
      return known(orders.isEmpty ? nil : orders.contains(0))
    case .notAmong(let scalars): return !FieldTest.among(scalars).truth(value)
    case .prefix(let part): return known(text.map { $0.starts(with: part.utf8) })
    case .suffix(let part):
      return known(text.map { $0.reversed().starts(with: part.utf8.reversed()) })
    case .contains(let part):
      return known(
        text.map { text in
          text.indices.contains { text[$0...].starts(with: part.utf8) }
        })
    }
  }
}
