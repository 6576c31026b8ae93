/// The names that a text of SQL has in double quotes, grave accents or brackets.
struct QuotedNames: Sequence, IteratorProtocol {
  private var rest: Substring

  init(_ sql: String) { rest = sql[...] }

  mutating func next() -> String? {
    while let first = rest.popFirst() {
      switch first {
      case "'": _ = take(until: "'")
      case "\"", "`": return take(until: first)
      case "[": return take(until: "]")
      case "-" where rest.first == "-": _ = take(until: "\n")
      case "/" where rest.first == "*": skipComment()
      default: continue
      }
    }
    return nil
  }

  /// The text up to the closing character, which stands for itself when it is doubled.
  private mutating func take(until close: Character) -> String {
    var text = ""
    while let character = rest.popFirst() {
      guard character == close else {
        text.append(character)
        continue
      }
      guard close != "]", close != "\n", rest.first == close else { break }
      text.append(character)
      rest.removeFirst()
    }
    return text
  }

  private mutating func skipComment() {
    rest.removeFirst()
    while let character = rest.popFirst() {
      if character == "*", rest.first == "/" { break }
    }
  }
}
