import Foundation

/// A JSON value to compare with: integers, fractions and texts stay apart.
enum JSONCell: Decodable, Equatable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral
{
  case null
  case bool(Bool)
  case integer(Int64)
  case fraction(Double)
  case text(String)
  case list([JSONCell])
  case object([String: JSONCell])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? value.decode(Int64.self) {
      self = .integer(integer)
    } else if let fraction = try? value.decode(Double.self) {
      self = .fraction(fraction)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONCell].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSONCell].self))
    }
  }

  init(integerLiteral value: Int64) { self = .integer(value) }
  init(stringLiteral value: String) { self = .text(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(floatLiteral value: Double) { self = .fraction(value) }

  subscript(name: String) -> JSONCell? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  subscript(index: Int) -> JSONCell? {
    if case .list(let items) = self, items.indices.contains(index) { items[index] } else { nil }
  }

  /// The number, whichever way it was written.
  var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .fraction(let fraction): fraction
    default: nil
    }
  }

  /// The text, if it is one.
  var string: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
