import Model

/// The options of one scorer, taken by name from its JSON object.
///
/// ``finish()`` refuses members that were not taken, since their meaning would be silently lost.
struct ScorerOptions {
  /// The name of the scorer, for messages and records.
  let name: String
  let type: String
  private let defaultOutput: String
  private var rest: JSON.Object

  /// The options in `object`, whose members `name` and `type` were taken.
  init(name: String, type: String, _ object: JSON.Object, output: String) {
    self.name = name
    self.type = type
    rest = object
    defaultOutput = output
  }

  /// The error about this scorer.
  func fault(_ what: String) -> StoreError { StoreError(.usage, "the scorer '\(name)': \(what)") }

  mutating func json(_ option: String) -> JSON? {
    guard let value = rest.remove(option), value != .null else { return nil }
    return value
  }

  mutating func text(_ option: String) throws(StoreError) -> String? {
    guard let value = json(option) else { return nil }
    guard let text = value.string, !text.isEmpty else {
      throw fault("'\(option)' takes a text that is not empty")
    }
    return text
  }

  mutating func requiredText(_ option: String, _ what: String) throws(StoreError) -> String {
    guard let text = try text(option) else { throw fault("it needs '\(option)', \(what)") }
    return text
  }

  mutating func number(_ option: String, from least: Double = 0) throws(StoreError) -> Double? {
    guard let value = json(option) else { return nil }
    guard let number = value.double, number >= least, number.isFinite else {
      throw fault("'\(option)' takes a number from \(JSON.shortest(least)) on")
    }
    return number
  }

  mutating func integer(_ option: String, in range: ClosedRange<Int>) throws(StoreError) -> Int? {
    guard let value = json(option) else { return nil }
    guard let integer = value.integer, let number = Int(exactly: integer), range.contains(number)
    else {
      throw fault(
        "'\(option)' takes an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func flag(_ option: String) throws(StoreError) -> Bool {
    guard let value = json(option) else { return false }
    guard case .bool(let flag) = value else { throw fault("'\(option)' takes true or false") }
    return flag
  }

  /// A list of texts, or one text.
  mutating func texts(_ option: String) throws(StoreError) -> [String]? {
    guard let value = json(option) else { return nil }
    let items = value.array ?? [value]
    let texts = items.compactMap(\.string)
    guard texts.count == items.count, !texts.contains("") else {
      throw fault("'\(option)' takes a list of texts")
    }
    return texts
  }

  /// One of the names of an enumeration.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ option: String, _ choices: Choice.Type
  ) throws(StoreError) -> Choice? where Choice.RawValue == String {
    guard let text = try text(option) else { return nil }
    return try Self.choice(text, option, fault)
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, _ option: String, _ fault: (String) -> StoreError
  ) throws(StoreError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue)
      throw fault("'\(option)' has no '\(text)'; \(Spelling.advice(text, names))")
    }
    return choice
  }

  /// The column with the outputs that are scored.
  mutating func output() throws(StoreError) -> String { try text("output") ?? defaultOutput }

  /// The changes to texts before they are compared.
  mutating func normalizations() throws(StoreError) -> [Normalization] {
    var changes: [Normalization] = []
    for name in try texts("normalize") ?? [] {
      changes.append(try Self.choice(name, "normalize", fault))
    }
    return changes
  }

  /// The reference answer, if there is one: the column `expected`, or the value `value`.
  mutating func expectation() throws(StoreError) -> Expectation? {
    let column = try text("expected")
    let value = json("value")
    switch (column, value) {
    case (let column?, nil): return .column(column)
    case (nil, let value?): return .value(value)
    case (nil, nil): return nil
    case (.some, .some):
      throw fault("'expected', a column, and 'value' are two reference answers; give one")
    }
  }

  /// The reference answer.
  mutating func requiredExpectation() throws(StoreError) -> Expectation {
    guard let expectation = try expectation() else {
      throw fault(
        "it needs 'expected', the column with the reference answers, or 'value', one for all items")
    }
    return expectation
  }

  /// Ends the reading.
  /// - Parameter pins: Members that were added to the configuration, and are no options.
  /// - Throws: ``StoreError`` of kind `usage` when options are left.
  func finish(besides pins: [String]) throws(StoreError) {
    guard let name = rest.names.first(where: { !pins.hasText($0) }) else { return }
    let names = ScorerType.named(type)?.options.map(\.name) ?? []
    throw fault("\(type) has no option '\(name)'; \(Spelling.advice(name, names))")
  }
}

extension JSON {
  /// A number as a float; nil for another value.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let text): Double(text)
    default: nil
    }
  }

  /// A number in the fewest digits: `0`, `0.5`.
  static func shortest(_ number: Double) -> String {
    Int64(exactly: number).map { String($0) } ?? number.description
  }

  /// The value with numbers as RFC 8785 has them: equal numbers have one text.
  var withPlainNumbers: JSON {
    switch self {
    case .number(let text):
      guard let number = Double(text) else { return self }
      return Int64(exactly: number).map { .integer($0) } ?? .number(number.description)
    case .array(let items): return .array(items.map(\.withPlainNumbers))
    case .object(let object):
      return .object(JSON.Object(object.members.map { ($0.name, $0.value.withPlainNumbers) }))
    default: return self
    }
  }
}
