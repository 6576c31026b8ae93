import Model

/// Reads a WHERE clause of AND, OR and NOT over comparisons of one column with literals.
struct RowFilterParser {
  private let tokens: [SQLToken]
  private let recognizer: AggregateRecognizer
  private var position = 0
  private var literalCount = 0
  private var depth = 0

  private static let literalLimit = 1000
  private static let depthLimit = 100

  init(_ tokens: [SQLToken], _ recognizer: AggregateRecognizer) {
    self.tokens = tokens
    self.recognizer = recognizer
  }

  /// The condition; nil when there is anything in it that vectors do not decide as SQLite does.
  mutating func parse() -> RowFilter? {
    guard let filter = disjunction(), position == tokens.count else { return nil }
    return filter
  }

  private var keyword: String { position < tokens.count ? tokens[position].keyword : "" }

  private func isSign(_ sign: String, at offset: Int = 0) -> Bool {
    position + offset < tokens.count && tokens[position + offset].isSign(sign)
  }

  private mutating func take(_ word: String) -> Bool {
    guard keyword == word else { return false }
    position += 1
    return true
  }

  private mutating func take(sign: String) -> Bool {
    guard isSign(sign) else { return false }
    position += 1
    return true
  }

  private mutating func disjunction() -> RowFilter? {
    guard let first = conjunction() else { return nil }
    var parts = [first]
    while take("OR") {
      guard let next = conjunction() else { return nil }
      parts.append(next)
    }
    return parts.count == 1 ? first : .any(parts)
  }

  private mutating func conjunction() -> RowFilter? {
    guard let first = negation() else { return nil }
    var parts = [first]
    while take("AND") {
      guard let next = negation() else { return nil }
      parts.append(next)
    }
    return parts.count == 1 ? first : .all(parts)
  }

  private mutating func negation() -> RowFilter? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { return nil }
    if take("NOT") { return negation().map { .not($0) } }
    return predicate()
  }

  /// A comparison, a column as a truth value, or brackets around a condition.
  private mutating func predicate() -> RowFilter? {
    if isSign("(") {
      guard let inner = bracketed(), isAtEnd else { return nil }
      return inner
    }
    if let operand = literal() {
      guard let comparison = comparison(), let column = column() else { return nil }
      return isAtEnd ? compare(column, comparison.flipped, operand) : nil
    }
    guard let column = column(), let filter = predicate(on: column), isAtEnd else { return nil }
    return filter
  }

  private mutating func bracketed() -> RowFilter? {
    position += 1
    guard let inner = disjunction(), take(sign: ")") else { return nil }
    return inner
  }

  /// True when a condition may end at this token: any other would bind to it in another way.
  private var isAtEnd: Bool {
    position == tokens.count || isSign(")") || keyword == "AND" || keyword == "OR"
  }

  private mutating func predicate(on column: Int) -> RowFilter? {
    if let comparison = comparison() {
      return literal().flatMap { compare(column, comparison, $0) }
    }
    if take("ISNULL") { return .test(RowTest(column: column, condition: .null)) }
    if take("NOTNULL") { return .not(.test(RowTest(column: column, condition: .null))) }
    if take("IS") {
      let isNegated = take("NOT")
      guard take("NULL") else { return nil }
      let test = RowFilter.test(RowTest(column: column, condition: .null))
      return isNegated ? .not(test) : test
    }
    if isAtEnd { return compare(column, .notEqual, .integer(0)) }
    let isNegated = take("NOT")
    if isNegated, take("NULL") { return .not(.test(RowTest(column: column, condition: .null))) }
    guard let filter = take("BETWEEN") ? between(column) : take("IN") ? list(column) : nil
    else { return nil }
    return isNegated ? .not(filter) : filter
  }

  private mutating func between(_ column: Int) -> RowFilter? {
    guard let low = literal(), take("AND"), let high = literal(),
      let least = compare(column, .plain(.greaterOrEqual), low),
      let greatest = compare(column, .plain(.lessOrEqual), high)
    else { return nil }
    return .all([least, greatest])
  }

  private mutating func list(_ column: Int) -> RowFilter? {
    guard take(sign: "(") else { return nil }
    var tests: [RowFilter] = []
    repeat {
      guard let operand = literal(), let test = compare(column, .plain(.equal), operand)
      else { return nil }
      tests.append(test)
    } while take(sign: ",")
    guard take(sign: ")") else { return nil }
    return RowFilter.oneOf(tests)
  }

  private mutating func column() -> Int? {
    let count = isSign(".", at: 1) ? 3 : 1
    guard position + count <= tokens.count,
      let column = recognizer.column(tokens[position..<position + count])
    else { return nil }
    position += count
    return column
  }

  private mutating func literal() -> RowTest.Operand? {
    var count = 0
    if isSign("-") || isSign("+") { count = 1 }
    guard position + count < tokens.count else { return nil }
    let token = tokens[position + count]
    guard token.kind == .number || token.kind == .text && count == 0 else { return nil }
    literalCount += 1
    guard literalCount <= Self.literalLimit else { return nil }
    let source = tokens[position...position + count].map(\.source).joined()
    position += count + 1
    return SQLLiteral.value(of: source, on: recognizer.connection)
  }

  private enum Comparison {
    case plain(RowTest.Comparison)
    case notEqual

    /// The comparison with its sides exchanged.
    var flipped: Comparison {
      switch self {
      case .plain(.less): .plain(.greater)
      case .plain(.lessOrEqual): .plain(.greaterOrEqual)
      case .plain(.greater): .plain(.less)
      case .plain(.greaterOrEqual): .plain(.lessOrEqual)
      case .plain(.equal), .notEqual: self
      }
    }
  }

  private mutating func comparison() -> Comparison? {
    guard position < tokens.count, tokens[position].kind == .sign else { return nil }
    let comparison: Comparison
    switch tokens[position].source {
    case "=", "==": comparison = .plain(.equal)
    case "<>", "!=": comparison = .notEqual
    case "<": comparison = .plain(.less)
    case "<=": comparison = .plain(.lessOrEqual)
    case ">": comparison = .plain(.greater)
    case ">=": comparison = .plain(.greaterOrEqual)
    default: return nil
    }
    position += 1
    return comparison
  }

  private func compare(
    _ column: Int, _ comparison: Comparison, _ operand: RowTest.Operand
  ) -> RowFilter? {
    guard case .plain(let plain) = comparison else {
      return compare(column, .plain(.equal), operand).map { .not($0) }
    }
    let condition: RowTest.Condition
    switch (recognizer.table.columns[column].type, operand) {
    case (.bool, .integer(let value)), (.int64, .integer(let value)):
      condition = .number(NumberRange(plain, integer: value))
    case (.float64, .integer(let value)):
      // A range of doubles is exact only around a number that is one.
      guard Int64(exactly: Double(value)) == value else { return nil }
      condition = .number(NumberRange(plain, integer: value))
    case (.bool, .real(let value)), (.int64, .real(let value)), (.float64, .real(let value)):
      condition = .number(NumberRange(plain, real: value))
    case (.string, .text(let bytes)), (.file, .text(let bytes)):
      condition = .text(plain, bytes)
    case (.timestamp, .text(let bytes)):
      guard let moments = RowTest.moments(plain, bytes) else { return nil }
      condition = moments
    default: return nil
    }
    return .test(RowTest(column: column, condition: condition))
  }
}
