/// A piece of a statement that SQLite has accepted already.
struct SQLToken: Equatable {
  enum Kind {
    /// A keyword or a name without quotes.
    case word
    /// A name in double quotes, grave accents or brackets.
    case quotedName
    /// A text in single quotes.
    case text
    case number
    case sign
  }

  let kind: Kind
  /// As it is written.
  let source: String
  /// Without quotes, and each doubled quote once.
  let name: String

  /// The word in upper case; empty when the token is not a word.
  var keyword: String { kind == .word ? name.uppercased() : "" }

  /// Returns true when the token is that operator or punctuation.
  func isSign(_ sign: String) -> Bool { kind == .sign && source == sign }

  /// True when the token can name a column or a table.
  var isName: Bool { kind == .word || kind == .quotedName }
}

extension SQLToken {
  /// Tokens as a person would write them, a blank between two but next to points and within
  /// brackets; only for messages, and as an expression that means the same.
  static func text(of tokens: ArraySlice<SQLToken>) -> String {
    var text = ""
    var last: SQLToken?
    for token in tokens {
      defer {
        text += token.source
        last = token
      }
      guard let last else { continue }
      let isCall = token.isSign("(") && last.kind == .word && !Self.words.contains(last.keyword)
      let isTight =
        isCall || last.isSign("(") || last.isSign(".")
        || [")", ".", ","].contains { token.isSign($0) }
      if !isTight { text += " " }
    }
    return text
  }

  /// Keywords of expressions before which and after which a bracket stands apart.
  private static let words: Set<String> = [
    "AND", "BETWEEN", "CASE", "DISTINCT", "ELSE", "END", "FILTER", "IN", "IS", "LIKE", "NOT", "OR",
    "OVER", "THEN", "WHEN",
  ]

  /// The tokens of a statement; nil where there is one that only SQLite understands: a parameter, a
  /// blob, a hexadecimal number, an operator on bits or JSON.
  static func tokens(of sql: String) -> [SQLToken]? {
    var scanner = Scanner(bytes: Array(sql.utf8))
    return scanner.tokens()
  }
}

/// Splits a statement by the rules of https://www.sqlite.org/lang_keywords.html and
/// https://www.sqlite.org/lang_expr.html#literal_values_constants_.
private struct Scanner {
  let bytes: [UInt8]
  var position = 0

  private static let pairs: Set<String> = ["==", "!=", "<>", "<=", ">=", "||"]
  private static let singles = Set("(),.;+-*/%=<>".utf8)

  mutating func tokens() -> [SQLToken]? {
    var tokens: [SQLToken] = []
    while true {
      skipBlank()
      guard position < bytes.count else { return tokens }
      guard let token = next() else { return nil }
      tokens.append(token)
    }
  }

  private func byte(_ offset: Int) -> UInt8 {
    position + offset < bytes.count ? bytes[position + offset] : 0
  }

  private mutating func skipBlank() {
    while position < bytes.count {
      switch byte(0) {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: position += 1
      case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"):
        while position < bytes.count, byte(0) != 0x0A { position += 1 }
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"):
        position += 2
        while position < bytes.count,
          byte(0) != UInt8(ascii: "*") || byte(1) != UInt8(ascii: "/")
        { position += 1 }
        position = min(position + 2, bytes.count)
      default: return
      }
    }
  }

  private mutating func next() -> SQLToken? {
    let first = byte(0)
    switch first {
    case UInt8(ascii: "'"): return quoted(.text, until: first)
    case UInt8(ascii: "\""), UInt8(ascii: "`"): return quoted(.quotedName, until: first)
    case UInt8(ascii: "["): return quoted(.quotedName, until: UInt8(ascii: "]"))
    case _ where Self.isDigit(first), UInt8(ascii: ".") where Self.isDigit(byte(1)):
      return number()
    case _ where Self.isNamePart(first): return word()
    default: return sign()
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
      || byte >= 0x80
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private mutating func quoted(_ kind: SQLToken.Kind, until close: UInt8) -> SQLToken? {
    let start = position
    var name: [UInt8] = []
    position += 1
    while position < bytes.count {
      if byte(0) == close {
        position += 1
        guard close != UInt8(ascii: "]"), byte(0) == close else {
          return SQLToken(
            kind: kind, source: text(start..<position), name: String(decoding: name, as: UTF8.self))
        }
      }
      name.append(byte(0))
      position += 1
    }
    return nil
  }

  private mutating func word() -> SQLToken? {
    let start = position
    while position < bytes.count, Self.isNamePart(byte(0)) { position += 1 }
    // A blob begins like a name, and `$` may go on one.
    guard byte(0) != UInt8(ascii: "'"), byte(0) != UInt8(ascii: "$") else { return nil }
    let word = text(start..<position)
    return SQLToken(kind: .word, source: word, name: word)
  }

  private mutating func number() -> SQLToken? {
    let start = position
    while Self.isDigit(byte(0)) { position += 1 }
    if byte(0) == UInt8(ascii: ".") {
      position += 1
      while Self.isDigit(byte(0)) { position += 1 }
    }
    if byte(0) | 0x20 == UInt8(ascii: "e") {
      let signed = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
      guard Self.isDigit(byte(signed ? 2 : 1)) else { return nil }
      position += signed ? 2 : 1
      while Self.isDigit(byte(0)) { position += 1 }
    }
    guard !Self.isNamePart(byte(0)) else { return nil }
    let number = text(start..<position)
    return SQLToken(kind: .number, source: number, name: number)
  }

  private mutating func sign() -> SQLToken? {
    let pair = text(position..<min(position + 2, bytes.count))
    if Self.pairs.contains(pair) {
      position += 2
      return SQLToken(kind: .sign, source: pair, name: pair)
    }
    // The start of an unknown operator is not an operator of one character either.
    guard Self.singles.contains(byte(0)), !["<<", ">>", "->"].contains(pair) else { return nil }
    let single = text(position..<position + 1)
    position += 1
    return SQLToken(kind: .sign, source: single, name: single)
  }
}
