import Model

/// `tool_call`: the calls of tools in an output against the expected ones.
///
/// Calls are JSON in the shapes of OpenAI's, Anthropic's and Google's answers, or plain
/// `{"name", "arguments"}`. Arguments that are not JSON are false, not a failure to score.
struct ToolCallScorer: Scorer {
  /// The importance of the order of calls.
  private enum Order: String, CaseIterable {
    case any, strict
  }

  let identity: ScorerIdentity
  private let calls: String
  private let expectation: Expectation
  private let order: Order
  /// The schemas of arguments by the names of tools; nil when none are given.
  private let schemas: [DataText: JSONSchema]?

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    calls = try options.text("calls") ?? "tool_calls"
    expectation = try options.requiredExpectation()
    order = try options.choice("order", Order.self) ?? .any
    if let tools = options.json("tools") {
      var schemas: [DataText: JSONSchema] = [:]
      for (name, parameters) in try Self.tools(tools, options) {
        schemas[name] = try options.schema(parameters)
      }
      self.schemas = schemas
    } else {
      schemas = nil
    }
  }

  var columns: ScorerColumns {
    ScorerColumns(required: [calls], optional: [ScoredItem.errorColumn]) + expectation.columns
  }

  /// The tools of a list in OpenAI's or Anthropic's shape, or of an object of schemas by name.
  private static func tools(
    _ json: JSON, _ options: ScorerOptions
  ) throws(StoreError) -> [(name: String, parameters: JSON)] {
    if let object = json.object { return object.members.map { ($0.name, $0.value) } }
    var tools: [(name: String, parameters: JSON)] = []
    for item in json.array ?? [] {
      let function = item.object?["function"]?.object ?? item.object
      guard let name = function?["name"]?.string else {
        throw options.fault("'tools' is a list of tools with names, or schemas by name")
      }
      let parameters = function?["parameters"] ?? function?["input_schema"]
      tools.append((name, parameters ?? .bool(true)))
    }
    guard !tools.isEmpty else { throw options.fault("'tools' has no tool") }
    return tools
  }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    guard !item.hasError else { throw ScoringFailure("there is no output: the call failed") }
    guard let expected = try ToolCall.list(try expectation.json(item)) else {
      throw ScoringFailure("the reference answer is not a list of tool calls")
    }
    // A row without calls made none.
    guard let made = item.cell(calls) == nil ? [] : try ToolCall.list(try item.json(calls)) else {
      throw ScoringFailure("the column '\(calls)' is not a list of tool calls")
    }
    var work = ScoringWork(item)
    let missing = try Self.unmatched(expected, in: made, &work) { $0.name.hasBytes(of: $1.name) }
    let spurious = try Self.unmatched(made, in: expected, &work) { $0.name.hasBytes(of: $1.name) }
    let wrong = try Self.unmatched(expected, in: made, &work) { $0.isEqual(to: $1) }
    var areNamesRight = missing.isEmpty && spurious.isEmpty
    var areArgumentsRight = wrong.isEmpty
    if order == .strict, areNamesRight {
      let pairs = Array(zip(expected, made))
      areNamesRight = pairs.allSatisfy { $0.name.hasBytes(of: $1.name) }
      areArgumentsRight = pairs.allSatisfy { $0.isEqual(to: $1) }
    }
    var parts = [
      Score.Part(name: "names", value: .bool(areNamesRight)),
      Score.Part(name: "args", value: .bool(areArgumentsRight)),
      Score.Part(name: "missing", value: .number(Double(missing.count))),
      Score.Part(name: "spurious", value: .number(Double(spurious.count))),
    ]
    if let schemas {
      var areValid = true
      for call in made where try !call.isValid(by: schemas, &work) { areValid = false }
      parts.append(Score.Part(name: "valid", value: .bool(areValid)))
    }
    return Score(
      areNamesRight && areArgumentsRight, detail: Self.detail(missing, spurious, wrong),
      parts: parts)
  }

  private static func detail(
    _ missing: [ToolCall], _ spurious: [ToolCall], _ wrong: [ToolCall]
  ) -> String? {
    let kinds = [
      ("missing", missing), ("not expected", spurious),
      ("other arguments", missing.isEmpty ? wrong : []),
    ]
    let texts = kinds.filter { !$1.isEmpty }.map { what, calls in
      "\(what): " + calls.map(\.name).joined(separator: ", ")
    }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }

  /// The calls of `calls` that have no partner in `others`, each of which is one's partner only.
  private static func unmatched(
    _ calls: [ToolCall], in others: [ToolCall], _ work: inout ScoringWork,
    _ match: (ToolCall, ToolCall) -> Bool
  ) throws(ScoringFailure) -> [ToolCall] {
    var free = others
    var unmatched: [ToolCall] = []
    for call in calls {
      try work.spend(free.count * 20 + call.size)
      guard let place = free.firstIndex(where: { match(call, $0) }) else {
        unmatched.append(call)
        continue
      }
      free.remove(at: place)
    }
    return unmatched
  }
}

/// A call of a tool: its name and arguments.
struct ToolCall: Sendable {
  let name: String
  /// Nil when the text of the arguments is not JSON.
  let arguments: JSON?
  /// The text that equal arguments share.
  private let identity: [UInt8]?

  /// The bytes that a comparison reads, about.
  var size: Int { name.utf8.count + (identity?.count ?? 0) }

  /// The calls of a list, or one call; nil when the value is neither.
  /// - Throws: ``ScoringFailure`` for arguments that are nested too deep to read.
  static func list(_ json: JSON) throws(ScoringFailure) -> [ToolCall]? {
    switch json {
    case .null: return []
    case .array(let items):
      var calls: [ToolCall] = []
      for item in items {
        guard let call = try ToolCall(item) else { return nil }
        calls.append(call)
      }
      return calls
    default: return try ToolCall(json).map { [$0] }
    }
  }

  private init?(_ json: JSON) throws(ScoringFailure) {
    guard let object = json.object else { return nil }
    let call = object["function"]?.object ?? object["functionCall"]?.object ?? object
    guard let name = call["name"]?.string else { return nil }
    self.name = name
    let arguments = call["arguments"] ?? call["input"] ?? call["args"] ?? .object([:])
    if let text = arguments.string {
      let read = text.isEmpty ? .success(.object([:])) : try JSON.reading(text)
      self.arguments = try? read.get()
    } else {
      self.arguments = arguments
    }
    identity = self.arguments?.equalityBytes
  }

  func isEqual(to other: ToolCall) -> Bool {
    name.hasBytes(of: other.name) && identity != nil && identity == other.identity
  }

  /// Returns true when the tool is known and the arguments are valid by its schema.
  func isValid(
    by schemas: [DataText: JSONSchema], _ work: inout ScoringWork
  ) throws(ScoringFailure) -> Bool {
    guard let schema = schemas[name], let arguments else { return false }
    return try schema.fault(of: arguments, &work) == nil
  }
}
