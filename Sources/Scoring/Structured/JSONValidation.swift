import Model

/// One validation of a value against a schema.
struct JSONValidation {
  private let schema: JSONSchema
  /// The first fault of the outermost schema; faults of alternatives are not kept.
  private(set) var fault: String?
  private var keepsFaults = true
  private var depth = 0
  private(set) var work: ScoringWork

  /// Deeper than values are nested, with some references for each level.
  private static let depthLimit = 400

  /// The steps of a schema, of a byte that is compared, and of a keyword with numbers.
  private static let schemaSteps = 100
  private static let byteSteps = 4
  private static let numberSteps = 10_000

  init(_ schema: JSONSchema, _ work: ScoringWork) {
    self.schema = schema
    self.work = work
  }

  /// Validates `value` at the JSON pointer `place`.
  mutating func isValid(
    _ value: JSON, _ schema: JSON, at place: String
  ) throws(ScoringFailure) -> Bool {
    if case .bool(let isAllowed) = schema {
      return isAllowed || fails(place, "nothing is allowed")
    }
    guard let rules = schema.object else { return true }
    try work.spend(Self.schemaSteps)
    guard depth < Self.depthLimit else {
      throw ScoringFailure("references of the schema lead in a circle, or too deep")
    }
    depth += 1
    defer { depth -= 1 }
    if case .string(let reference)? = rules["$ref"], let target = self.schema.target(of: reference),
      try !isValid(value, target, at: place)
    {
      return false
    }
    guard try isPlainValid(value, rules, at: place),
      try areAlternativesValid(value, rules, at: place)
    else { return false }
    switch value {
    case .array(let items): return try areValid(items, rules, at: place)
    case .object(let object): return try isValid(object, rules, at: place)
    default: return true
    }
  }

  /// Records a fault, and returns false.
  private mutating func fails(_ place: String, _ what: String) -> Bool {
    if keepsFaults, fault == nil { fault = place.isEmpty ? what : "\(place): \(what)" }
    return false
  }

  /// Validates without recording a fault, since another branch may hold.
  private mutating func holds(
    _ value: JSON, _ schema: JSON, at place: String
  ) throws(ScoringFailure) -> Bool {
    let kept = keepsFaults
    keepsFaults = false
    defer { keepsFaults = kept }
    return try isValid(value, schema, at: place)
  }

  // Keywords without subschemas.

  /// Returns true when both are the same value, and counts the work.
  private mutating func isEqual(_ one: JSON, _ two: JSON) throws(ScoringFailure) -> Bool {
    if case .string(let text) = one, case .string(let other) = two {
      try work.spend(Self.byteSteps + min(text.utf8.count, other.utf8.count))
      return text.hasBytes(of: other)
    }
    let bytes = one.equalityBytes
    let others = two.equalityBytes
    try work.spend(Self.byteSteps * (bytes.count + others.count))
    return bytes == others
  }

  private mutating func isPlainValid(
    _ value: JSON, _ rules: JSON.Object, at place: String
  ) throws(ScoringFailure) -> Bool {
    if let type = rules["type"] {
      let names = (type.array ?? [type]).compactMap(\.string)
      guard names.contains(where: { Self.isOf(value, type: $0) }) else {
        return fails(place, "it is not of type \(names.joined(separator: " or "))")
      }
    }
    if let items = rules["enum"]?.array {
      var isOne = false
      for item in items where !isOne { isOne = try isEqual(item, value) }
      guard isOne else { return fails(place, "it is not one of the values of enum") }
    }
    if let constant = rules["const"], try !isEqual(constant, value) {
      return fails(place, "it is not the value of const")
    }
    switch value {
    case .integer, .number: return try isNumberValid(value, rules, at: place)
    case .string(let text): return try isTextValid(text, rules, at: place)
    case .array(let items): return isCountValid(items.count, rules, "Items", at: place)
    case .object(let object): return isCountValid(object.count, rules, "Properties", at: place)
    default: return true
    }
  }

  private static func isOf(_ value: JSON, type: String) -> Bool {
    switch value {
    case .null: type == "null"
    case .bool: type == "boolean"
    case .string: type == "string"
    case .array: type == "array"
    case .object: type == "object"
    case .integer, .number:
      type == "number" || (type == "integer" && JSONDecimal(value)?.isInteger == true)
    case .verbatim: false
    }
  }

  private mutating func isNumberValid(
    _ value: JSON, _ rules: JSON.Object, at place: String
  ) throws(ScoringFailure) -> Bool {
    if case .number(let text) = value { try work.spend(Self.byteSteps * text.utf8.count) }
    if rules["multipleOf"] != nil { try work.spend(Self.numberSteps) }
    guard let number = JSONDecimal(value) else { return true }
    let bounds: [(name: String, holds: (JSONDecimal) -> Bool)] = [
      ("maximum", { number <= $0 }), ("exclusiveMaximum", { number < $0 }),
      ("minimum", { number >= $0 }), ("exclusiveMinimum", { number > $0 }),
      ("multipleOf", { number.isMultiple(of: $0) }),
    ]
    for (name, holds) in bounds {
      if let bound = rules[name].flatMap({ JSONDecimal($0) }), !holds(bound) {
        return fails(place, "it breaks \(name)")
      }
    }
    return true
  }

  private mutating func isTextValid(
    _ text: String, _ rules: JSON.Object, at place: String
  ) throws(ScoringFailure) -> Bool {
    try work.spend(text.utf8.count)
    guard isCountValid(text.unicodeScalars.count, rules, "Length", at: place) else { return false }
    if let pattern = rules["pattern"]?.string, let regex = schema.patterns[pattern],
      try !regex.matches(text, &work)
    {
      return fails(place, "it breaks pattern")
    }
    return true
  }

  private mutating func isCountValid(
    _ count: Int, _ rules: JSON.Object, _ what: String, at place: String
  ) -> Bool {
    let count = JSONDecimal(count: count)
    if let most = rules["max\(what)"].flatMap({ JSONDecimal($0) }), count > most {
      return fails(place, "it breaks max\(what)")
    }
    if let least = rules["min\(what)"].flatMap({ JSONDecimal($0) }), count < least {
      return fails(place, "it breaks min\(what)")
    }
    return true
  }

  // Keywords that apply subschemas to the value itself.

  private mutating func areAlternativesValid(
    _ value: JSON, _ rules: JSON.Object, at place: String
  ) throws(ScoringFailure) -> Bool {
    for part in rules["allOf"]?.array ?? [] {
      guard try isValid(value, part, at: place) else { return false }
    }
    if let parts = rules["anyOf"]?.array {
      guard try count(of: parts, of: value, at: place, stopAt: 1) > 0 else {
        return fails(place, "it is none of anyOf")
      }
    }
    if let parts = rules["oneOf"]?.array {
      let count = try count(of: parts, of: value, at: place, stopAt: 2)
      guard count == 1 else {
        return fails(place, count == 0 ? "it is none of oneOf" : "it is more than one of oneOf")
      }
    }
    if let part = rules["not"], try holds(value, part, at: place) {
      return fails(place, "it is what not forbids")
    }
    if let condition = rules["if"] {
      let branch = try holds(value, condition, at: place) ? "then" : "else"
      if let part = rules[branch] { return try isValid(value, part, at: place) }
    }
    return true
  }

  /// The number of schemas that hold, up to `limit`.
  private mutating func count(
    of parts: [JSON], of value: JSON, at place: String, stopAt limit: Int
  ) throws(ScoringFailure) -> Int {
    var count = 0
    for part in parts where count < limit {
      if try holds(value, part, at: place) { count += 1 }
    }
    return count
  }

  // Keywords on items and members.

  private mutating func areValid(
    _ items: [JSON], _ rules: JSON.Object, at place: String
  ) throws(ScoringFailure) -> Bool {
    if rules["uniqueItems"] == .bool(true) {
      let bytes = items.map(\.equalityBytes)
      try work.spend(Self.byteSteps * bytes.reduce(0) { $0 + $1.count })
      guard Set(bytes).count == items.count else {
        return fails(place, "its items are not unique")
      }
    }
    let prefix = rules["prefixItems"]?.array ?? []
    for (index, item) in items.enumerated() {
      guard let rule = index < prefix.count ? prefix[index] : rules["items"] else { break }
      guard try isValid(item, rule, at: "\(place)/\(index)") else { return false }
    }
    guard let rule = rules["contains"] else { return true }
    let least = rules["minContains"].flatMap { JSONDecimal($0) } ?? JSONDecimal(count: 1)
    let most = rules["maxContains"].flatMap { JSONDecimal($0) }
    var count = 0
    for (index, item) in items.enumerated() {
      if try holds(item, rule, at: "\(place)/\(index)") { count += 1 }
    }
    let found = JSONDecimal(count: count)
    guard found >= least, most.map({ found <= $0 }) ?? true else {
      return fails(place, "\(count) items are what contains wants")
    }
    return true
  }

  private mutating func isValid(
    _ object: JSON.Object, _ rules: JSON.Object, at place: String
  ) throws(ScoringFailure) -> Bool {
    try work.spend(rules["required"]?.array?.count ?? 0)
    for name in (rules["required"]?.array ?? []).compactMap(\.string) where object[name] == nil {
      return fails(place, "the member '\(name)' is missing")
    }
    for member in rules["dependentRequired"]?.object?.members ?? []
    where object[member.name] != nil {
      for other in (member.value.array ?? []).compactMap(\.string) where object[other] == nil {
        return fails(place, "the member '\(other)' is missing beside '\(member.name)'")
      }
    }
    for member in rules["dependentSchemas"]?.object?.members ?? []
    where object[member.name] != nil {
      guard try isValid(.object(object), member.value, at: place) else { return false }
    }
    if let rule = rules["propertyNames"] {
      for name in object.names {
        guard try holds(.string(name), rule, at: place) else {
          return fails(place, "the name '\(name.prefix(50))' breaks propertyNames")
        }
      }
    }
    return try areMembersValid(object, rules, at: place)
  }

  private mutating func areMembersValid(
    _ object: JSON.Object, _ rules: JSON.Object, at place: String
  ) throws(ScoringFailure) -> Bool {
    let patterns = rules["patternProperties"]?.object?.members ?? []
    for member in object.members {
      let own = place + (JSONPointer() / member.name).text
      var applied: [JSON] = []
      if let rule = rules["properties"]?.object?[member.name] { applied.append(rule) }
      for pattern in patterns {
        if let regex = schema.patterns[pattern.name], try regex.matches(member.name, &work) {
          applied.append(pattern.value)
        }
      }
      if applied.isEmpty, let rule = rules["additionalProperties"] {
        if rule == .bool(false) {
          return fails(place, "the member '\(member.name.prefix(50))' is not allowed")
        }
        applied.append(rule)
      }
      for rule in applied {
        guard try isValid(member.value, rule, at: own) else { return false }
      }
    }
    return true
  }
}
