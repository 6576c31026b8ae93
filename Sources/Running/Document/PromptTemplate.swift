import Model

/// A text with places for columns: `{{name}}`.
///
/// A value is inserted as it is: a text by its characters, anything else as JSON. There are no
/// conditions, loops or escapes. `{{` without a name and `}}` behind it is an error.
package struct PromptTemplate: Sendable {
  /// The reason for which a text is not a template.
  package struct Fault: Error {
    package let message: String
  }

  private enum Piece: Sendable {
    case text(String)
    case column(String)
  }

  private let pieces: [Piece]

  /// Reads a template.
  package init(parsing text: String) throws(Fault) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "{{") {
      pieces.append(.text(String(rest[..<start.lowerBound])))
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: "}}") else {
        throw Fault(message: "has '{{' without '}}' behind it")
      }
      let name = rest[..<end.lowerBound].drop { $0 == " " }
      let trimmed = String(name.reversed().drop { $0 == " " }.reversed())
      guard !trimmed.isEmpty, !trimmed.contains("{") else {
        throw Fault(message: "has '{{' without the name of a column behind it")
      }
      pieces.append(.column(trimmed))
      rest = rest[end.upperBound...]
    }
    pieces.append(.text(String(rest)))
    self.pieces = pieces
  }

  /// The columns that it names.
  package var columns: [String] {
    pieces.compactMap { if case .column(let name) = $0 { name } else { nil } }
  }

  /// Those of some names that stand in single braces, and so are sent as they are.
  package func singleBraced(of names: [String]) -> [String] {
    names.filter { name in
      pieces.contains { piece in
        guard case .text(let text) = piece else { return false }
        return text.contains("{\(name)}") || text.contains("{ \(name) }")
      }
    }
  }

  /// The text with the values that `value` returns in their places; the name of the first column
  /// without a value as the error.
  package func filled(_ value: (String) -> String?) -> Result<String, MissingValue> {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let piece): text += piece
      case .column(let name):
        guard let value = value(name) else { return .failure(MissingValue(column: name)) }
        text += value
      }
    }
    return .success(text)
  }
}

/// A place of a template for which an item has no value.
package struct MissingValue: Error, Sendable {
  package let column: String
}
