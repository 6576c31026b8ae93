package import Columns
package import Model

/// The members of the objects in a nested column whose values share no shape, or in a column of
/// texts that are all objects, as reading finds.
package struct NestedMembers {
  /// The most names that are kept; members of later names are not looked at.
  package static let limit = 1000

  private var places: [DataText: Int] = [:]
  /// The names as they are written, by place.
  private var names: [[UInt8]] = []
  private var shapes: [ValueShape] = []
  /// The bytes of texts so far.
  private var textBytes = 0
  /// True when a text is no object, or there are too many texts to read.
  private var areOthers = false

  /// The most bytes of texts of a column that are read for objects.
  package static let textLimit = 64 << 20

  /// No members yet.
  package init() {}

  /// True when no later value changes the answer: the column is not one of objects.
  package var isDecided: Bool { areOthers }

  /// Adds the members of a column's values that are objects; of texts, all have to be.
  package mutating func add(_ vector: ColumnVector) {
    for row in 0..<vector.count where !areOthers && vector.hasValue(row) {
      guard let text = vector.values.text(row) else { continue }
      guard vector.type == .string else {
        add(text.words.bytes, text.range)
        continue
      }
      textBytes += text.range.count
      guard textBytes <= Self.textLimit,
        let object = NestedColumn.object(text.words.bytes[text.range])
      else {
        areOthers = true
        return
      }
      add(object, 0..<object.count)
    }
  }

  private mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
    var cursor = JSONCursor(bytes, range)
    guard cursor.take("{") else { return }
    var expected = 0
    while !cursor.isAtEnd, cursor.next == UInt8(ascii: "\"") {
      let name = cursor.string()
      guard cursor.take(":") else { break }
      let shape = Self.shape(cursor.value())
      if let place = place(of: name, expected) {
        shapes[place] = Self.joined(shapes[place], shape)
        expected = place + 1
      }
      guard cursor.take(",") else { break }
    }
  }

  /// The place of a name, which most objects have at the same one; nil beyond the limit.
  private mutating func place(of name: ArraySlice<UInt8>, _ expected: Int) -> Int? {
    if expected < names.count, names[expected].elementsEqual(name) { return expected }
    let text = DataText(utf8: name)
    if let known = places[text] { return known }
    guard names.count < Self.limit else { return nil }
    places[text] = names.count
    names.append(Array(name))
    shapes.append(.null)
    return names.count - 1
  }

  /// The members as those of one structure, by name; nil when no value is an object.
  package var shape: ValueShape? {
    if names.isEmpty || areOthers { return nil }
    return .structure(
      places.sorted { $0.key < $1.key }.map { name, place in
        .init(name: name.string, shape: shapes[place], isOptional: true)
      })
  }

  /// The kind of a value, as far as ``Comparability`` asks for it.
  private static func shape(_ value: ArraySlice<UInt8>) -> ValueShape {
    switch value.first {
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "{"): .structure([])
    case UInt8(ascii: "["): .list(.null)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    default: value.contains { ".eE".utf8.contains($0) } ? .float64 : .int64
    }
  }

  /// The kind of two values under one name: what can be a judge decides.
  private static func joined(_ one: ValueShape, _ other: ValueShape) -> ValueShape {
    let order: [ValueShape] = [.string, .structure([]), .int64, .float64, .list(.null), .bool]
    return order.first { $0 == one || $0 == other } ?? .null
  }
}
