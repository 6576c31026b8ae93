import Model

/// The identity of an item: the labels of its key's columns, equal when the keys are equal.
package struct ItemKey: Hashable, Comparable, Sendable {
  package let parts: [ValueLabel]

  /// The key with these parts, one a column.
  package init(_ parts: [ValueLabel]) { self.parts = parts }

  /// The names of the parts.
  package var names: [String] { parts.map(\.name) }

  /// The key as people write it in a line.
  package var line: String { names.joined(separator: " · ") }

  /// The order of keys: by their parts, each by the bytes of its text.
  package static func < (left: ItemKey, right: ItemKey) -> Bool {
    left.parts.lexicographicallyPrecedes(right.parts)
  }

  /// The JSON from which the digest of a list of items is made.
  var json: JSON { .array(parts.map { .string($0.text.string) }) }
}
