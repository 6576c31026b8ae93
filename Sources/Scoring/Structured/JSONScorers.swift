import Model

/// The text of an output that should be JSON, with what is known of its end.
struct JSONOutput: Sendable {
  private let output: String
  private let normalizations: [Normalization]

  /// The column in which a row records why the output ended.
  static let finishReason = "finish_reason"
  /// The finish reasons that say that the output was cut off at its length limit.
  private static let lengths = ["length", "max_tokens", "max_output_tokens", "MAX_TOKENS"]

  init(_ options: inout ScorerOptions) throws(StoreError) {
    output = try options.output()
    normalizations = try options.normalizations()
  }

  var columns: ScorerColumns {
    ScorerColumns(required: [output], optional: [Self.finishReason])
  }

  /// The JSON, or the fault of a text that is not.
  /// - Throws: ``ScoringFailure`` when there is no output.
  func json(_ item: ScoredItem) throws(ScoringFailure) -> Result<JSON, JSONFault> {
    let text: String
    if let cell = item.cell(output), !cell.isText {
      // A cell that was saved as JSON is JSON, unless it is a text.
      let value = try item.value(output)
      guard let string = value.string else { return .success(value) }
      text = string
    } else {
      text = try item.output(output)
    }
    return try JSON.reading(normalizations.applied(to: text))
  }

  /// The part of a score that counts outputs that were cut off; empty where no column says so.
  func truncation(_ item: ScoredItem) -> [Score.Part] {
    guard let reason = item.text(Self.finishReason) else { return [] }
    return [Score.Part(name: "truncated", value: .bool(Self.lengths.hasText(reason)))]
  }
}

/// `json_valid`: the whole output is JSON.
struct JSONValidScorer: Scorer {
  let identity: ScorerIdentity
  private let output: JSONOutput

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    output = try JSONOutput(&options)
  }

  var columns: ScorerColumns { output.columns }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let parts = output.truncation(item)
    switch try output.json(item) {
    case .success: return Score(true, parts: parts)
    case .failure(let fault): return Score(false, detail: fault.place, parts: parts)
    }
  }
}

/// `json_schema`: the whole output is JSON, and valid by a schema.
struct JSONSchemaScorer: Scorer {
  let identity: ScorerIdentity
  private let output: JSONOutput
  private let schema: JSONSchema

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    output = try JSONOutput(&options)
    guard let json = options.json("schema") else {
      throw options.fault("it needs 'schema', a JSON Schema")
    }
    schema = try options.schema(json)
  }

  var columns: ScorerColumns { output.columns }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let parts = output.truncation(item)
    func parsed(_ isParsed: Bool) -> [Score.Part] {
      [Score.Part(name: "parsed", value: .bool(isParsed))] + parts
    }
    switch try output.json(item) {
    case .failure(let fault): return Score(false, detail: fault.place, parts: parsed(false))
    case .success(let json):
      var work = ScoringWork(item)
      let fault = try schema.fault(of: json, &work)
      return Score(fault == nil, detail: fault, parts: parsed(true))
    }
  }
}

/// `json_fields`: the share of fields whose values are the expected ones.
struct JSONFieldsScorer: Scorer {
  let identity: ScorerIdentity
  private let output: JSONOutput
  private let expectation: Expectation
  private let fields: [JSONPath]?

  init(_ identity: ScorerIdentity, _ options: inout ScorerOptions) throws(StoreError) {
    self.identity = identity
    output = try JSONOutput(&options)
    expectation = try options.requiredExpectation()
    fields = try options.pointers("fields")
  }

  var columns: ScorerColumns {
    output.columns + expectation.columns
  }

  /// A field that none of the references has, which is spelled wrong.
  func fault(in cells: ScoredColumns) -> String? {
    guard let fields else { return nil }
    var absent = fields
    var hasReference = false
    for row in 0..<cells.count where !absent.isEmpty {
      guard let expected = try? expectation.json(cells.item(row)) else { continue }
      hasReference = true
      absent.removeAll { $0.value(in: expected) != nil }
    }
    guard hasReference, let field = absent.first else { return nil }
    return "no reference answer has a value at '\(field.text)', which 'fields' names"
  }

  func score(_ item: ScoredItem) throws(ScoringFailure) -> Score {
    let expected = try expectation.json(item)
    let fields =
      self.fields
      ?? expected.object?.names.compactMap { JSONPath((JSONPointer() / $0).text) } ?? []
    guard !fields.isEmpty else {
      throw ScoringFailure("the reference answer is not an object with members, and no 'fields'")
    }
    if let field = fields.first(where: { $0.value(in: expected) == nil }) {
      throw ScoringFailure("the reference answer has no value at '\(field.text)'")
    }
    let json: JSON
    switch try output.json(item) {
    case .success(let value): json = value
    case .failure(let fault):
      var score = Score(0)
      score.detail = fault.place
      score.parts = output.truncation(item)
      return score
    }
    let wrong = fields.filter { field in
      guard let one = field.value(in: expected), let two = field.value(in: json) else {
        return true
      }
      return !one.isEqual(to: two)
    }
    var score = Score(Double(fields.count - wrong.count) / Double(fields.count))
    if !wrong.isEmpty {
      score.detail = "other than expected: " + wrong.map(\.text).joined(separator: ", ")
    }
    score.parts = output.truncation(item)
    return score
  }
}

extension ScorerOptions {
  /// A JSON Schema.
  func schema(_ json: JSON) throws(StoreError) -> JSONSchema {
    do throws(JSONSchemaFault) {
      return try JSONSchema(json)
    } catch {
      throw fault("the schema cannot be used: \(error.description)")
    }
  }
}

extension JSONFault {
  /// The fault with its place, in bytes from the first.
  fileprivate var place: String { "not JSON, at byte \(offset + 1): \(message)" }
}
