import Model

extension AggregateRecognizer {
  /// An expression over groups, for one over rows; nil where it needs single rows.
  mutating func rewrite(_ tokens: [SQLToken]) -> String? {
    var words: [String] = []
    var index = 0
    while index < tokens.count {
      guard let (text, count) = rewrite(tokens, at: index) else { return nil }
      words.append(text)
      index += count
    }
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// A term of ORDER BY, which is an alias before it is a column.
  mutating func rewrite(orderTerm tokens: [SQLToken]) -> String? {
    var expression = tokens
    var direction = ""
    while let last = expression.last, SQLWords.order.contains(last.keyword), expression.count > 1 {
      direction = " " + last.source + direction
      expression.removeLast()
    }
    if expression.count == 1, expression[0].isName,
      aliases.contains(expression[0].name.lowercasedASCII)
    {
      return expression[0].source + direction
    }
    return rewrite(expression).map { $0 + direction }
  }

  /// The text for the tokens from `index` on, and how many of them it stands for.
  private mutating func rewrite(
    _ tokens: [SQLToken], at index: Int
  ) -> (text: String, count: Int)? {
    let token = tokens[index]
    let isCall = index + 1 < tokens.count && tokens[index + 1].isSign("(")
    switch token.kind {
    case .text, .number: return (token.source, 1)
    case .sign:
      // A lone star is the whole row, a dot belongs to a name that was not understood.
      if token.isSign(".") { return nil }
      if token.isSign("*"), index == 0 || tokens[index - 1].isSign("(") { return nil }
      return (token.source, 1)
    case .quotedName: return isCall ? nil : name(tokens, at: index)
    case .word:
      let isColumn = column([token]) != nil || aliases.contains(token.name.lowercasedASCII)
      if SQLWords.all.contains(token.keyword) { return isColumn ? nil : (token.source, 1) }
      guard isCall else { return name(tokens, at: index) }
      if token.keyword == "CAST" { return cast(tokens, at: index) }
      if let call = aggregate(tokens, at: index) { return call }
      return isScalar(tokens, at: index) ? (token.source, 1) : nil
    }
  }

  private func name(_ tokens: [SQLToken], at index: Int) -> (text: String, count: Int)? {
    let isQualified = index + 2 < tokens.count && tokens[index + 1].isSign(".")
    let count = isQualified ? 3 : 1
    if let column = column(tokens[index..<index + count]) {
      return groupName(column).map { ($0, count) }
    }
    guard !isQualified, aliases.contains(tokens[index].name.lowercasedASCII) else { return nil }
    return (tokens[index].source, 1)
  }

  /// `CAST(expression AS type)`: the type is not the name of a column.
  private mutating func cast(
    _ tokens: [SQLToken], at index: Int
  ) -> (text: String, count: Int)? {
    guard let end = closing(tokens, index + 1), end - index >= 5,
      tokens[end - 2].keyword == "AS", SQLWords.types.contains(tokens[end - 1].keyword),
      let inner = rewrite(Array(tokens[index + 2..<end - 2]))
    else { return nil }
    return ("CAST(\(inner) AS \(tokens[end - 1].source))", end - index + 1)
  }

  /// An aggregate over a column, or over rows.
  private mutating func aggregate(
    _ tokens: [SQLToken], at index: Int
  ) -> (text: String, count: Int)? {
    guard let end = closing(tokens, index + 1) else { return nil }
    let arguments = tokens[index + 2..<end]
    let count = end - index + 1
    if tokens[index].keyword == "COUNT", arguments.isEmpty || arguments.map(\.source) == ["*"] {
      return (aggregateName(Aggregate(function: .count, column: nil)), count)
    }
    let aggregate: Aggregate
    if tokens[index].keyword == "QUANTILE" {
      guard let comma = arguments.firstIndex(where: { $0.isSign(",") }),
        let column = column(arguments[..<comma]),
        arguments.count - (comma - arguments.startIndex) == 2,
        arguments[comma + 1].kind == .number,
        let fraction = fraction(arguments[comma + 1].source)
      else { return nil }
      aggregate = Aggregate(function: .quantile(fraction), column: column)
    } else {
      guard let function = Aggregate.function(named: tokens[index].name),
        let column = column(arguments)
      else { return nil }
      aggregate = Aggregate(function: function, column: column)
    }
    guard let column = aggregate.column, aggregate.takes(table.columns[column].type)
    else { return nil }
    return (aggregateName(aggregate), count)
  }

  private func fraction(_ source: String) -> Double? {
    switch SQLLiteral.value(of: source, on: connection) {
    case .real(let real) where (0...1).contains(real): real
    case .integer(let integer) where (0...1).contains(integer): Double(integer)
    default: nil
    }
  }

  /// Returns true for a function of single values; `min` and `max` are such with several arguments.
  private func isScalar(_ tokens: [SQLToken], at index: Int) -> Bool {
    let keyword = tokens[index].keyword
    guard SQLWords.functions.contains(keyword), let end = closing(tokens, index + 1)
    else { return false }
    guard keyword == "MIN" || keyword == "MAX" else { return true }
    var depth = 0
    for token in tokens[index + 2..<end] {
      if token.isSign("(") { depth += 1 }
      if token.isSign(")") { depth -= 1 }
      if depth == 0, token.isSign(",") { return true }
    }
    return false
  }

  /// The position of the bracket that closes the one at `start`.
  private func closing(_ tokens: [SQLToken], _ start: Int) -> Int? {
    var depth = 0
    for index in start..<tokens.count {
      if tokens[index].isSign("(") { depth += 1 }
      if tokens[index].isSign(")") {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }
}
