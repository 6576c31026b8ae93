import Model

/// The check of a schema before it is used: every keyword is known and has a value of its kind.
struct JSONSchemaCheck {
  /// The kind of a keyword's value.
  private enum Value {
    case annotation, schema, schemas, namedSchemas, count, number, positiveNumber, pattern, names
    case list, type, flag, namedNames, reference, patternSchemas, draft, identifier, anchor
    case anything
  }

  private static let keywords: [(name: String, value: Value)] = [
    ("$schema", .draft), ("$id", .identifier), ("$anchor", .anchor), ("$ref", .reference),
    ("$defs", .namedSchemas), ("$comment", .annotation), ("title", .annotation),
    ("description", .annotation), ("default", .annotation), ("examples", .annotation),
    ("deprecated", .annotation), ("readOnly", .annotation), ("writeOnly", .annotation),
    ("format", .annotation), ("contentEncoding", .annotation), ("contentMediaType", .annotation),
    ("contentSchema", .annotation), ("type", .type), ("enum", .list), ("const", .anything),
    ("multipleOf", .positiveNumber), ("maximum", .number), ("exclusiveMaximum", .number),
    ("minimum", .number), ("exclusiveMinimum", .number), ("maxLength", .count),
    ("minLength", .count), ("pattern", .pattern), ("maxItems", .count), ("minItems", .count),
    ("uniqueItems", .flag), ("maxContains", .count), ("minContains", .count),
    ("maxProperties", .count), ("minProperties", .count), ("required", .names),
    ("dependentRequired", .namedNames), ("allOf", .schemas), ("anyOf", .schemas),
    ("oneOf", .schemas), ("not", .schema), ("if", .schema), ("then", .schema),
    ("else", .schema), ("dependentSchemas", .namedSchemas), ("prefixItems", .schemas),
    ("items", .schema), ("contains", .schema), ("properties", .namedSchemas),
    ("patternProperties", .patternSchemas), ("additionalProperties", .schema),
    ("propertyNames", .schema),
  ]

  private static let types = [
    "null", "boolean", "object", "array", "number", "string", "integer",
  ]
  private static let depthLimit = 100

  private let root: JSON
  private(set) var patterns: [DataText: LinearRegex] = [:]
  private(set) var anchors: [DataText: JSON] = [:]
  /// The references that were met, each with its place.
  private var references: [(text: String, place: String)] = []

  init(_ root: JSON) { self.root = root }

  mutating func run() throws(JSONSchemaFault) {
    try check(root, at: "", depth: 0)
    var checked: Set<DataText> = []
    while let reference = references.popLast() {
      guard checked.insert(DataText(reference.text)).inserted else { continue }
      guard let target = JSONSchema.target(of: reference.text, root, anchors) else {
        throw JSONSchemaFault(
          place: reference.place,
          message: "'\(reference.text)' leads to no place of this schema; put what it names into "
            + "$defs, since no other document is read")
      }
      try check(target, at: reference.text, depth: 0)
    }
  }

  private mutating func check(
    _ schema: JSON, at place: String, depth: Int
  ) throws(JSONSchemaFault) {
    guard depth < Self.depthLimit else {
      throw JSONSchemaFault(place: place, message: "schemas are nested too deep")
    }
    if case .bool = schema { return }
    guard let object = schema.object else {
      throw JSONSchemaFault(place: place, message: "a schema is an object, true or false")
    }
    for member in object.members {
      let own = place + (JSONPointer() / member.name).text
      guard let keyword = Self.keywords.first(where: { $0.name.hasBytes(of: member.name) }) else {
        throw JSONSchemaFault(place: own, message: "the keyword '\(member.name)' is not supported")
      }
      let isFit = try check(member.value, keyword.value, at: own, depth: depth)
      guard isFit else {
        throw JSONSchemaFault(place: own, message: "'\(member.name)' has no such value")
      }
      if keyword.value == .anchor, let name = member.value.string { anchors[name] = schema }
    }
  }

  /// Checks the value of a keyword; false when it is not of its kind.
  private mutating func check(
    _ value: JSON, _ kind: Value, at place: String, depth: Int
  ) throws(JSONSchemaFault) -> Bool {
    switch kind {
    case .annotation, .anything: return true
    case .count: return JSONDecimal(value).map { $0.isInteger && $0 >= .zero } ?? false
    case .number: return JSONDecimal(value) != nil
    case .positiveNumber: return JSONDecimal(value).map { $0 > .zero } ?? false
    case .list: return value.array != nil
    case .flag: if case .bool = value { return true } else { return false }
    case .names: return Self.areNames(value)
    case .namedNames: return value.object?.members.allSatisfy { Self.areNames($0.value) } ?? false
    case .type:
      let names = value.array ?? [value]
      return !names.isEmpty && names.allSatisfy { Self.types.contains($0.string ?? "") }
    case .anchor: return value.string != nil
    case .draft: return try checkDraft(value, at: place)
    case .identifier:
      guard depth == 0, place == "/$id" else {
        throw JSONSchemaFault(
          place: place, message: "'$id' is supported at the root only; use $defs or $anchor")
      }
      return value.string != nil
    case .reference:
      guard let text = value.string else { return false }
      references.append((text, place))
      return true
    case .pattern:
      guard let text = value.string else { return false }
      try compile(text, at: place)
      return true
    default: return try checkSchemas(value, kind, at: place, depth: depth + 1)
    }
  }

  private mutating func checkSchemas(
    _ value: JSON, _ kind: Value, at place: String, depth: Int
  ) throws(JSONSchemaFault) -> Bool {
    switch kind {
    case .schema: try check(value, at: place, depth: depth)
    case .schemas:
      guard let items = value.array, !items.isEmpty else { return false }
      for (index, item) in items.enumerated() {
        try check(item, at: place + "/\(index)", depth: depth)
      }
    default:
      guard let object = value.object else { return false }
      for member in object.members {
        let own = place + (JSONPointer() / member.name).text
        if kind == .patternSchemas { try compile(member.name, at: own) }
        try check(member.value, at: own, depth: depth)
      }
    }
    return true
  }

  private func checkDraft(_ value: JSON, at place: String) throws(JSONSchemaFault) -> Bool {
    guard let draft = value.string else { return false }
    guard [JSONSchema.draft, JSONSchema.draft + "#"].contains(draft) else {
      throw JSONSchemaFault(
        place: place,
        message: "it is of another draft, '\(draft)', whose keywords mean other things; leave "
          + "$schema out where it is also right as draft 2020-12")
    }
    return true
  }

  private mutating func compile(_ pattern: String, at place: String) throws(JSONSchemaFault) {
    do throws(RegexFault) {
      patterns[pattern] = try LinearRegex(pattern, dialect: .ecma)
    } catch {
      throw JSONSchemaFault(
        place: place,
        message: "the pattern cannot be used, at character \(error.offset + 1): \(error.message)")
    }
  }

  private static func areNames(_ value: JSON) -> Bool {
    value.array?.allSatisfy { $0.string != nil } ?? false
  }
}

extension JSONDecimal {
  static let zero = JSONDecimal(count: 0)
}
