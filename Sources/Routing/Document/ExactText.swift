/// A text that is equal to another only when all of their UTF-8 bytes are.
///
/// A `String` is also equal to those that differ in Unicode's normal form, and hashes like them.
package struct ExactText: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  package let utf8: [UInt8]

  /// The bytes of `text`.
  package init(_ text: String) { utf8 = Array(text.utf8) }

  package init(stringLiteral text: String) { self.init(text) }

  package var description: String { String(decoding: utf8, as: UTF8.self) }
}
