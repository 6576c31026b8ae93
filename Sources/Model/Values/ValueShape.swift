/// The form that all values of a nested column share: lists, structures and the types within.
///
/// It is derived only from the values, and is exact: values written as lists and structures of this
/// shape and read back give the same JSON text. Values without a common shape have none.
package indirect enum ValueShape: Hashable, Sendable {
  /// Only nulls, or the elements of lists that are all empty.
  case null
  case bool
  case int64
  /// Numbers that are all written with a fraction or an exponent (`1.0`).
  case float64
  /// Floats of which the whole ones up to 2^53 are written as integers (`1`, `0.5`).
  case number
  case string
  case list(ValueShape)
  /// Objects, whose members stand in this order.
  case structure([Member])

  /// A member of the objects at one place.
  package struct Member: Hashable, Sendable {
    package let name: String
    package let shape: ValueShape
    /// True when an object leaves the member out where it has no value, rather than giving it null.
    package let isOptional: Bool

    /// A member called `name`.
    package init(name: String, shape: ValueShape, isOptional: Bool) {
      self.name = name
      self.shape = shape
      self.isOptional = isOptional
    }

    package static func == (left: Member, right: Member) -> Bool {
      left.isOptional == right.isOptional && left.name.hasBytes(of: right.name)
        && left.shape == right.shape
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(DataText(name))
      hasher.combine(shape)
      hasher.combine(isOptional)
    }
  }

  /// The deepest nesting that a shape has; deeper values have none.
  package static let depthLimit = 16
  /// The most members of one structure.
  package static let memberLimit = 64
  /// The most places of a shape, the outermost included.
  package static let placeLimit = 256

  /// True when JSON text distinguishes values that lists and structures of this shape do not:
  /// absent members from null ones, whole floats from integers.
  package var isSpelled: Bool {
    switch self {
    case .null, .bool, .int64, .float64, .string: false
    case .number: true
    case .list(let element): element.isSpelled
    case .structure(let members): members.contains { $0.isOptional || $0.shape.isSpelled }
    }
  }
}

extension ValueShape: CustomStringConvertible {
  /// The text of the shape, as manifests have it: `[{"role":string,"content"?:string}]`.
  ///
  /// A list is its elements' shape in brackets, a structure its members in braces; a question mark
  /// marks a member that is left out where it has no value.
  package var description: String {
    var out: [UInt8] = []
    append(to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private func append(to out: inout [UInt8]) {
    switch self {
    case .list(let element):
      out.append(UInt8(ascii: "["))
      element.append(to: &out)
      out.append(UInt8(ascii: "]"))
    case .structure(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        JSON.append(member.name, to: &out)
        out.append(contentsOf: (member.isOptional ? "?:" : ":").utf8)
        member.shape.append(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    default: out.append(contentsOf: word.utf8)
    }
  }

  private var word: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int64: "int64"
    case .float64: "float64"
    case .number: "number"
    case .string: "string"
    case .list, .structure: ""
    }
  }

  /// Reads the text of a shape; nil for any other text.
  package init?(parsing text: String) {
    var parser = ShapeParser(bytes: Array(text.utf8))
    guard let shape = parser.shape(depth: 0), parser.isAtEnd,
      shape.description.hasBytes(of: text)
    else { return nil }
    self = shape
  }
}

/// Reads the text of a shape from its front.
private struct ShapeParser {
  private static let leaves: [ValueShape] = [.null, .bool, .int64, .float64, .number, .string]

  let bytes: [UInt8]
  private var position = 0
  private var places = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func shape(depth: Int) -> ValueShape? {
    places += 1
    guard depth <= ValueShape.depthLimit, places <= ValueShape.placeLimit else { return nil }
    if take("[") {
      guard let element = shape(depth: depth + 1), take("]") else { return nil }
      return .list(element)
    }
    if take("{") { return structure(depth: depth + 1) }
    for leaf in Self.leaves where take(leaf.description) { return leaf }
    return nil
  }

  private mutating func structure(depth: Int) -> ValueShape? {
    var members: [ValueShape.Member] = []
    repeat {
      guard let name = name() else { return nil }
      let isOptional = take("?")
      guard take(":"), let shape = shape(depth: depth), members.count < ValueShape.memberLimit,
        !members.contains(where: { $0.name.hasBytes(of: name) })
      else { return nil }
      members.append(ValueShape.Member(name: name, shape: shape, isOptional: isOptional))
    } while take(",")
    return take("}") ? .structure(members) : nil
  }

  private mutating func name() -> String? {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
    var end = position + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < bytes.count else { return nil }
    defer { position = end + 1 }
    return JSON(canonical: Array(bytes[position...end]))?.string
  }

  private mutating func take(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }
}
