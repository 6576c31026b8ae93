package import Model

/// A reader of JSON documents that collects every fault in one pass.
///
/// Reading goes on after a fault with a substitute, so that all faults are reported at once; the
/// result is used only without faults.
package struct DocumentReader {
  package private(set) var faults: [DocumentFault] = []

  /// A reader without faults.
  package init() {}

  /// A value and where it is.
  package struct Place {
    package let value: JSON
    package let pointer: JSONPointer

    /// A value at a place.
    package init(value: JSON, pointer: JSONPointer) {
      self.value = value
      self.pointer = pointer
    }

    func member(_ name: String, _ value: JSON) -> Place {
      Place(value: value, pointer: pointer / name)
    }

    /// The items of a list; none of another value.
    package var items: [Place] {
      (value.array ?? []).enumerated().map { Place(value: $1, pointer: pointer / $0) }
    }
  }

  /// The members of an object.
  package struct Members {
    fileprivate let place: Place

    package subscript(name: String) -> Place? {
      place.value.object?[name].map { place.member(name, $0) }
    }
  }

  package mutating func note(_ message: String, at place: Place) {
    faults.append(DocumentFault(pointer: place.pointer.text, message: message))
  }

  private mutating func wrong(_ place: Place, _ wanted: String) {
    note("is \(place.value.kind), where \(wanted) is expected", at: place)
  }

  /// An object with the required members, and no others than those and the optional ones.
  package mutating func object(
    _ place: Place, required: [String] = [], optional: [String]
  ) -> Members? {
    let known = required + optional
    guard case .object(let object) = place.value else {
      wrong(place, "an object")
      return nil
    }
    for member in anyMembers(place) where !known.contains(where: { $0.hasBytes(of: member.name) }) {
      note("is not known; " + Spelling.advice(member.name, known), at: member.place)
    }
    for name in required where object[name] == nil {
      note("is missing", at: place.member(name, .null))
    }
    return Members(place: place)
  }

  /// All members in their order; a name that is given twice is noted.
  package mutating func anyMembers(_ place: Place) -> [(name: String, place: Place)] {
    guard case .object(let object) = place.value else {
      wrong(place, "an object")
      return []
    }
    return object.members.map { ($0.name, place.member($0.name, $0.value)) }
  }

  package mutating func text(_ place: Place?, atMost limit: Int = 1_024) -> String? {
    guard let place else { return nil }
    guard case .string(let text) = place.value else {
      wrong(place, "a text")
      return nil
    }
    if text.isEmpty { note("is empty", at: place) }
    if text.utf8.count > limit { note("has more than \(limit) bytes", at: place) }
    return text
  }

  /// The integer, or `standard` when it is absent.
  package mutating func integer(
    _ place: Place?, in range: ClosedRange<Int>, or standard: Int
  ) -> Int {
    guard let place else { return standard }
    guard case .integer(let value) = place.value else {
      wrong(place, "an integer")
      return standard
    }
    guard let number = Int(exactly: value), range.contains(number) else {
      note("is not in \(range.lowerBound)…\(range.upperBound)", at: place)
      return standard
    }
    return number
  }

  package mutating func flag(_ place: Place?, or standard: Bool) -> Bool {
    guard let place else { return standard }
    guard case .bool(let value) = place.value else {
      wrong(place, "true or false")
      return standard
    }
    return value
  }

  package mutating func list(_ place: Place?, atMost limit: Int = 1_000) -> [Place] {
    guard let place else { return [] }
    guard case .array(let items) = place.value else {
      wrong(place, "a list")
      return []
    }
    if items.count > limit { note("has more than \(limit) items", at: place) }
    return place.items
  }

  package mutating func texts(_ place: Place?, atMost limit: Int = 1_024) -> [String] {
    list(place).compactMap { text($0, atMost: limit) }
  }

  /// One of `names`; nil, with a fault, for another text.
  package mutating func choice(_ place: Place?, _ names: [String]) -> String? {
    guard let place, let text = text(place) else { return nil }
    if names.contains(where: { $0.hasBytes(of: text) }) { return text }
    note("is '\(text.prefix(50))': " + Spelling.advice(text, names), at: place)
    return nil
  }
}

extension JSON {
  /// The name of its kind in messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "an integer"
    case .number: "a number with a fraction"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    case .verbatim: "JSON text"
    }
  }

  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var isNull: Bool { if case .null = self { true } else { false } }
  /// An integer that is not negative and fits.
  var count: Int? { integer.flatMap { $0 >= 0 ? Int(exactly: $0) : nil } }
  /// A number as the nearest 64-bit float.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let text): Double(text)
    default: nil
    }
  }

  /// The value at a JSON Pointer (RFC 6901); nil when there is none.
  func value(at pointer: String) -> JSON? {
    var value = self
    for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let name = part.replacing("~1", with: "/").replacing("~0", with: "~")
      switch value {
      case .object(let object):
        guard let member = object[String(name)] else { return nil }
        value = member
      case .array(let items):
        guard let index = Int(name), items.indices.contains(index) else { return nil }
        value = items[index]
      default: return nil
      }
    }
    return value
  }

  /// A member of an object; nil for other values and for members that are null.
  subscript(name: String) -> JSON? {
    guard let value = object?[name], !value.isNull else { return nil }
    return value
  }
}
