import Model

/// A JSON value whose members keep the order they were given in; what `--json` prints.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case text(String)
  /// JSON text as it is.
  case verbatim(ArraySlice<UInt8>)
  case array([JSONValue])
  case object([(name: String, value: JSONValue)])

  /// A text, or null for none.
  init(_ text: String?) {
    self = text.map(JSONValue.text) ?? .null
  }

  /// An integer, or null for none.
  init(_ integer: Int?) {
    self = integer.map(JSONValue.integer) ?? .null
  }

  /// A list of texts.
  init(_ texts: [String]) {
    self = .array(texts.map(JSONValue.text))
  }

  /// The compact text on one line.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The compact text on one line, in UTF-8.
  var bytes: [UInt8] {
    var out: [UInt8] = []
    append(to: &out)
    return out
  }

  private func append(to out: inout [UInt8]) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): out.append(contentsOf: String(value).utf8)
    case .text(let text): CanonicalJSON.append(text, to: &out)
    case .verbatim(let json): out.append(contentsOf: json)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.append(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        CanonicalJSON.append(member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        member.value.append(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  typealias Key = String
  typealias Value = JSONValue

  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { (name: $0.0, value: $0.1) })
  }
}

extension JSONValue: ExpressibleByArrayLiteral {
  typealias ArrayLiteralElement = JSONValue

  init(arrayLiteral elements: JSONValue...) {
    self = .array(elements)
  }
}
