package import Model

/// Puts back what lists and structures leave out of the JSON text of a shape's values: members that
/// are not there where they have no value, whole numbers without a fraction.
///
/// Values of another shape stay as they are.
package struct ShapeSpelling: Sendable {
  /// The conversion of the values at one place.
  private indirect enum Place: Sendable {
    case keep
    /// Whole floats up to 2^53 lose their fraction.
    case integers
    case list(Place)
    case structure([(name: String, isOptional: Bool, place: Place)])

    init(_ shape: ValueShape) {
      switch shape {
      case .null, .bool, .float64, .string: self = .keep
      // Tools that have no missing integers, like pandas, make them floats.
      case .int64, .number: self = .integers
      case .list(let element):
        let place = Place(element)
        self = if case .keep = place { .keep } else { .list(place) }
      case .structure(let members):
        let places = members.map { (name: $0.name, isOptional: $0.isOptional, Place($0.shape)) }
        let isKept = places.allSatisfy { if case .keep = $0.2 { !$0.isOptional } else { false } }
        self = isKept ? .keep : .structure(places)
      }
    }
  }

  private let root: Place

  /// The spelling of values of `shape`; nil when their text has nothing to be put back.
  package init?(_ shape: ValueShape) {
    root = Place(shape)
    if case .keep = root { return nil }
  }

  /// The values of `vector`, a `json` column that was read from lists or structures.
  package func spelled(_ vector: ColumnVector) -> ColumnVector {
    switch vector.values {
    case .text(let texts):
      return ColumnVector(
        type: vector.type, count: vector.count, validity: vector.validity,
        values: .text(spelled(texts)))
    case .dictionary(let codes, let words):
      return ColumnVector(
        type: vector.type, count: vector.count, validity: vector.validity,
        values: .dictionary(codes: codes, words: spelled(words)))
    default: return vector
    }
  }

  private func spelled(_ texts: TextValues) -> TextValues {
    var result = TextValues()
    result.bytes.reserveCapacity(texts.bytes.count)
    result.offsets.reserveCapacity(texts.count + 1)
    for row in 0..<texts.count {
      var cursor = JSONCursor(texts.bytes, texts.range(row))
      if !cursor.isAtEnd { Self.append(&cursor, root, to: &result.bytes) }
      result.offsets.append(UInt32(result.bytes.count))
    }
    return result
  }

  private static func append(_ cursor: inout JSONCursor, _ place: Place, to out: inout [UInt8]) {
    switch (place, cursor.next) {
    case (.list(let element), UInt8(ascii: "[")): appendList(&cursor, element, to: &out)
    case (.structure(let members), UInt8(ascii: "{")):
      appendStructure(&cursor, members, to: &out)
    case (.integers, UInt8(ascii: "-")), (.integers, 0x30...0x39):
      let word = cursor.word()
      let isWhole =
        word.hasWholeEnd && !word.elementsEqual("-0.0".utf8)
        && (word.count < 18 || isExact(word))
      out.append(contentsOf: isWhole ? word.dropLast(2) : word)
    default: out.append(contentsOf: cursor.value())
    }
  }

  private static func isExact(_ word: ArraySlice<UInt8>) -> Bool {
    Double(String(decoding: word, as: UTF8.self)).map { $0.magnitude <= 0x1p53 } ?? false
  }

  private static func appendList(
    _ cursor: inout JSONCursor, _ element: Place, to out: inout [UInt8]
  ) {
    _ = cursor.take("[")
    out.append(UInt8(ascii: "["))
    while !cursor.isAtEnd, !cursor.take("]") {
      if cursor.take(",") { out.append(UInt8(ascii: ",")) }
      append(&cursor, element, to: &out)
    }
    out.append(UInt8(ascii: "]"))
  }

  private static func appendStructure(
    _ cursor: inout JSONCursor, _ members: [(name: String, isOptional: Bool, place: Place)],
    to out: inout [UInt8]
  ) {
    _ = cursor.take("{")
    out.append(UInt8(ascii: "{"))
    var isFirst = true
    var guess = 0
    while !cursor.isAtEnd, !cursor.take("}") {
      _ = cursor.take(",")
      let name = cursor.string()
      _ = cursor.take(":")
      let known = position(of: name, in: members, guess: guess)
      if let known {
        guess = known + 1
        if members[known].isOptional, cursor.next == UInt8(ascii: "n") {
          _ = cursor.word()
          continue
        }
      }
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
      out.append(UInt8(ascii: "\""))
      out.append(contentsOf: name)
      out.append(contentsOf: "\":".utf8)
      append(&cursor, known.map { members[$0].place } ?? .keep, to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  private static func position(
    of name: ArraySlice<UInt8>, in members: [(name: String, isOptional: Bool, place: Place)],
    guess: Int
  ) -> Int? {
    let name = name.contains(UInt8(ascii: "\\")) ? JSONScalar.unescaped(name)[...] : name
    if guess < members.count, members[guess].name.utf8.elementsEqual(name) { return guess }
    return members.firstIndex { $0.name.utf8.elementsEqual(name) }
  }
}
