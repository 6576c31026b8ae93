/// The length of a column's vectors and the type of their elements: `vector(384,f32)`.
package struct VectorForm: Hashable, Sendable {
  /// The type of an element: an IEEE 754 float.
  package enum Element: String, Sendable {
    case f32
    case f64

    /// The bytes of an element.
    package var byteCount: Int { self == .f32 ? 4 : 8 }
  }

  /// The most elements of a vector.
  package static let countLimit = 65_536

  package let count: Int
  package let element: Element

  /// Vectors of `count` elements, at least 1; nil when those are too many or too few.
  package init?(count: Int, element: Element) {
    guard (1...Self.countLimit).contains(count) else { return nil }
    self.count = count
    self.element = element
  }

  /// The bytes of a vector: its elements one after another, the lowest byte of each first.
  package var byteCount: Int { count * element.byteCount }
}

extension VectorForm: CustomStringConvertible {
  package var description: String { "vector(\(count),\(element.rawValue))" }

  /// Reads the form that `description` gives; nil for any other text.
  package init?(parsing text: some StringProtocol) {
    guard text.hasPrefix("vector("), text.hasSuffix(")") else { return nil }
    let parts = text.dropFirst("vector(".count).dropLast().split(
      separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0]),
      let element = Element(rawValue: String(parts[1])),
      let form = VectorForm(count: count, element: element), form.description == text
    else { return nil }
    self = form
  }
}
