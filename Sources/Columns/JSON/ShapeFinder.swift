import Model

/// Finds the shape that values of a `json` column share, in one pass over their text.
///
/// What was found over parts of a column is merged, in any order, into what would have been found
/// over all of it. Work ends at the first value that rules a shape out.
package struct ShapeFinder: Sendable {
  /// The kinds of values met at one place.
  struct Kinds: OptionSet, Sendable {
    let rawValue: UInt16

    static let null = Kinds(rawValue: 1)
    static let bool = Kinds(rawValue: 2)
    /// Integers that a float holds exactly.
    static let integer = Kinds(rawValue: 4)
    /// Integers beyond 2^53.
    static let wideInteger = Kinds(rawValue: 8)
    /// Floats like `1.0`, up to 2^53.
    static let wholeFloat = Kinds(rawValue: 16)
    static let otherFloat = Kinds(rawValue: 32)
    static let string = Kinds(rawValue: 64)
    static let list = Kinds(rawValue: 128)
    static let structure = Kinds(rawValue: 256)

    static let floats: Kinds = [.wholeFloat, .otherFloat]

    /// True when one shape may hold values of all these kinds.
    var areUniform: Bool {
      let kinds = subtracting(.null)
      if kinds.isSubset(of: [.integer, .wideInteger, .wholeFloat, .otherFloat]) {
        // Text keeps 1 and 1.0 apart, a float does not; and a float does not hold a wide
        // integer.
        return !(contains(.integer) && contains(.wholeFloat))
          && !(contains(.wideInteger) && !isDisjoint(with: .floats))
      }
      return kinds.rawValue.nonzeroBitCount == 1
    }
  }

  /// The values met at one place: the column, a list's elements or a member.
  struct Place: Sendable {
    var kinds: Kinds = []
    /// The place of a list's elements.
    var element: Int?
    /// The number of objects met.
    var objects = 0
    var members: [Member] = []
  }

  /// A member of the objects of a place.
  struct Member: Sendable {
    let name: [UInt8]
    let place: Int
    /// The number of objects that have it.
    var count = 0
    /// Bit i says that some object has it right after member i.
    var predecessors: UInt64 = 0
  }

  /// The column's own place is the first.
  private(set) var places = [Place()]
  /// True when the values have no common shape, whatever values follow.
  package private(set) var isRuledOut = false

  /// A finder that has met no value.
  package init() {}

  /// Takes note of the values of `vector`, a `json` column.
  package mutating func add(_ vector: ColumnVector) {
    switch vector.values {
    case .text(let texts):
      for row in 0..<vector.count where vector.hasValue(row) && !isRuledOut {
        add(texts.bytes, texts.range(row))
      }
    case .dictionary(let codes, let words):
      // How often a value is there changes nothing.
      var isUsed = [Bool](repeating: false, count: words.count)
      for row in 0..<vector.count where vector.hasValue(row) { isUsed[Int(codes[row])] = true }
      for word in 0..<words.count where isUsed[word] && !isRuledOut {
        add(words.bytes, words.range(word))
      }
    default: break
    }
  }

  private mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
    var cursor = JSONCursor(bytes, range)
    switch cursor.next {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      if !value(at: &cursor, 0, depth: 0) || !cursor.isAtEnd { isRuledOut = true }
    default: isRuledOut = true
    }
  }

  /// Passes over a value at the place `index`; false when it rules a shape out.
  private mutating func value(at cursor: inout JSONCursor, _ index: Int, depth: Int) -> Bool {
    switch cursor.next {
    case UInt8(ascii: "\""):
      _ = cursor.string()
      return meet(.string, index)
    case UInt8(ascii: "["):
      guard depth < ValueShape.depthLimit, meet(.list, index) else { return false }
      return list(at: &cursor, index, depth: depth + 1)
    case UInt8(ascii: "{"):
      guard depth < ValueShape.depthLimit, meet(.structure, index) else { return false }
      return structure(at: &cursor, index, depth: depth + 1)
    default: return meet(Self.kind(cursor.word()), index)
    }
  }

  /// The kind of a number, `true`, `false` or `null`; none of a number that no leaf holds.
  private static func kind(_ word: ArraySlice<UInt8>) -> Kinds {
    switch word.first {
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    default: break
    }
    if word.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }) {
      guard let value = Int64(String(decoding: word, as: UTF8.self)), word != [0x2D, 0x30] else {
        return []
      }
      return value.magnitude <= 1 << 53 ? .integer : .wideInteger
    }
    // Short ones without an exponent are finite, what their doubles are written as, and whole ones
    // of them below 2^53.
    if word.count < 17, !word.contains(UInt8(ascii: "e")), !word.contains(UInt8(ascii: "E")) {
      return word.hasWholeEnd ? .wholeFloat : .otherFloat
    }
    // A number of more digits than a float has does not fit one.
    guard let value = Double(String(decoding: word, as: UTF8.self)), value.isFinite,
      word.elementsEqual(value.description.utf8)
    else { return [] }
    return word.hasWholeEnd && value.magnitude <= 0x1p53 ? .wholeFloat : .otherFloat
  }

  private mutating func meet(_ kind: Kinds, _ index: Int) -> Bool {
    if kind.isEmpty { return false }
    if places[index].kinds.contains(kind) { return true }
    places[index].kinds.insert(kind)
    return places[index].kinds.areUniform
  }

  private mutating func list(at cursor: inout JSONCursor, _ index: Int, depth: Int) -> Bool {
    guard cursor.take("[") else { return false }
    if cursor.take("]") { return true }
    guard let element = element(of: index) else { return false }
    repeat {
      guard value(at: &cursor, element, depth: depth) else { return false }
    } while cursor.take(",")
    return cursor.take("]")
  }

  private mutating func structure(at cursor: inout JSONCursor, _ index: Int, depth: Int) -> Bool {
    guard cursor.take("{") else { return false }
    places[index].objects += 1
    if cursor.take("}") { return true }
    var previous: Int?
    repeat {
      guard cursor.next == UInt8(ascii: "\""),
        let member = member(of: index, cursor.string(), after: previous), cursor.take(":"),
        value(at: &cursor, places[index].members[member].place, depth: depth)
      else { return false }
      previous = member
    } while cursor.take(",")
    return cursor.take("}")
  }

  /// The place of the elements of the lists at `index`; nil when there are too many places.
  private mutating func element(of index: Int) -> Int? {
    if let element = places[index].element { return element }
    guard let new = newPlace() else { return nil }
    places[index].element = new
    return new
  }

  private mutating func newPlace() -> Int? {
    guard places.count < ValueShape.placeLimit else { return nil }
    places.append(Place())
    return places.count - 1
  }

  /// The member called `name`, which stands after the member `previous`; nil when there are too
  /// many, or one has no name.
  private mutating func member(
    of index: Int, _ name: ArraySlice<UInt8>, after previous: Int?
  ) -> Int? {
    guard let found = find(name, in: index, guess: previous.map { $0 + 1 } ?? 0) else {
      return nil
    }
    places[index].members[found].count += 1
    if let previous { places[index].members[found].predecessors |= 1 << UInt64(previous) }
    return found
  }

  /// The member called `name`, made when it is new; `guess` is where it mostly stands.
  private mutating func find(_ name: ArraySlice<UInt8>, in index: Int, guess: Int) -> Int? {
    if guess < places[index].members.count, places[index].members[guess].name[...] == name {
      return guess
    }
    if let found = places[index].members.firstIndex(where: { $0.name[...] == name }) {
      return found
    }
    guard !name.isEmpty, places[index].members.count < ValueShape.memberLimit,
      let place = newPlace()
    else { return nil }
    places[index].members.append(Member(name: Array(name), place: place))
    return places[index].members.count - 1
  }

  /// Takes in what another finder met.
  package mutating func merge(_ other: ShapeFinder) {
    if other.isRuledOut { isRuledOut = true }
    if !isRuledOut, !merge(other, 0, into: 0) { isRuledOut = true }
  }

  private mutating func merge(_ other: ShapeFinder, _ source: Int, into target: Int) -> Bool {
    let place = other.places[source]
    places[target].kinds.formUnion(place.kinds)
    places[target].objects += place.objects
    guard places[target].kinds.isEmpty || places[target].kinds.areUniform else { return false }
    if let from = place.element {
      guard let to = element(of: target), merge(other, from, into: to) else { return false }
    }
    var numbers: [Int] = []
    for (position, member) in place.members.enumerated() {
      guard let found = find(member.name[...], in: target, guess: position) else { return false }
      numbers.append(found)
      places[target].members[found].count += member.count
      guard merge(other, member.place, into: places[target].members[found].place) else {
        return false
      }
    }
    for (member, found) in zip(place.members, numbers) {
      for (position, number) in numbers.enumerated()
      where member.predecessors >> UInt64(position) & 1 != 0 {
        places[target].members[found].predecessors |= 1 << UInt64(number)
      }
    }
    return true
  }
}

extension ArraySlice<UInt8> {
  /// True when a number ends in `.0`.
  var hasWholeEnd: Bool {
    count > 2 && self[endIndex - 1] == UInt8(ascii: "0") && self[endIndex - 2] == UInt8(ascii: ".")
  }
}
