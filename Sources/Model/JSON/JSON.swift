/// A JSON value.
///
/// It is read by ``init(parsing:depth:keepingDuplicates:)``, or by ``init(canonical:)`` where only
/// one text of each value will do. Texts and names of members are equal when their bytes are,
/// numbers when their texts are, and the order of an object's members is no part of its value.
package enum JSON: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Any other number by its text, so that none of its digits is lost: one with a fraction or an
  /// exponent, `-0`, an integer beyond 64 bits.
  case number(String)
  case string(String)
  case array([JSON])
  case object(Object)
  /// JSON text to be written as it is, such as a cell's; values that were read never have it.
  case verbatim([UInt8])

  /// The members of an object in the order they were given in.
  package struct Object: Sendable {
    /// A name and its value.
    package struct Member: Sendable {
      package let name: String
      package fileprivate(set) var value: JSON
    }

    package private(set) var members: [Member] = []
    /// The place of each name, kept where there are so many members that a search takes longer.
    private var places: [DataText: Int] = [:]

    private static let searched = 16

    /// An object without members.
    package init() {}

    /// Adds a member behind the others.
    /// - Returns: False when there is a member of that name, which stays the one that is found.
    @discardableResult
    package mutating func append(_ name: String, _ value: JSON) -> Bool {
      let isNew = place(name) == nil
      members.append(Member(name: name, value: value))
      if members.count == Self.searched + 1 {
        index()
      } else if members.count > Self.searched, isNew {
        places[name] = members.count - 1
      }
      return isNew
    }

    /// The value of the member `name`; setting nil takes the member out.
    package subscript(name: String) -> JSON? {
      get { place(name).map { members[$0].value } }
      set {
        switch (place(name), newValue) {
        case (let place?, let value?): members[place].value = value
        case (nil, let value?): append(name, value)
        case (let place?, nil):
          members.remove(at: place)
          places = [:]
          if members.count > Self.searched { index() }
        case (nil, nil): break
        }
      }
    }

    private func place(_ name: String) -> Int? {
      guard members.count > Self.searched else {
        return members.firstIndex { $0.name.hasBytes(of: name) }
      }
      return places[name]
    }

    private mutating func index() {
      for (place, member) in members.enumerated() where places[member.name] == nil {
        places[member.name] = place
      }
    }
  }
}

extension JSON.Object {
  package var count: Int { members.count }
  package var isEmpty: Bool { members.isEmpty }
  /// The names in the order of the members.
  package var names: [String] { members.map(\.name) }

  /// Takes the member `name` out and returns its value.
  package mutating func remove(_ name: String) -> JSON? {
    defer { self[name] = nil }
    return self[name]
  }

  /// The names that are in this object or in `other`, each once, in the order of their bytes.
  package func names(with other: JSON.Object) -> [String] {
    (names + other.names).textSet.sorted().map(\.string)
  }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self.init(elements)
  }

  /// Members in the order of `elements`.
  package init(_ elements: some Sequence<(String, JSON)>) {
    for (name, value) in elements { append(name, value) }
  }
}

extension JSON.Object: Hashable {
  package static func == (left: JSON.Object, right: JSON.Object) -> Bool {
    left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
  }

  package func hash(into hasher: inout Hasher) {
    var sum = 0
    for member in members {
      var one = Hasher()
      one.combine(DataText(member.name))
      one.combine(member.value)
      sum ^= one.finalize()
    }
    hasher.combine(sum)
  }
}

extension JSON: Hashable {
  package static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let one), .bool(let two)): one == two
    case (.integer(let one), .integer(let two)): one == two
    case (.number(let one), .number(let two)): one == two
    case (.string(let one), .string(let two)): one.hasBytes(of: two)
    case (.array(let one), .array(let two)): one == two
    case (.object(let one), .object(let two)): one == two
    case (.verbatim(let one), .verbatim(let two)): one == two
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .null: break
    case .bool(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .number(let text): hasher.combine(text)
    case .string(let text): hasher.combine(DataText(text))
    case .array(let items): hasher.combine(items)
    case .object(let members): hasher.combine(members)
    case .verbatim(let bytes): hasher.combine(bytes)
    }
  }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Object(elements)) }

  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON {
  /// A text, or null for none.
  package init(_ text: String?) { self = text.map(JSON.string) ?? .null }

  /// A list of texts.
  package init(_ texts: [String]) { self = .array(texts.map(JSON.string)) }

  /// The number as an integer of `type`, also where it is written with a fraction of zeros or with
  /// an exponent; nil for everything else.
  package func exactly<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
    switch self {
    case .integer(let value): return Value(exactly: value)
    case .number(let text):
      if let value = Value(text) { return value }
      guard let float = Double(text), float.magnitude < 0x1p53 else { return nil }
      return Value(exactly: float)
    default: return nil
    }
  }

  package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  package var object: Object? { if case .object(let value) = self { value } else { nil } }
}
