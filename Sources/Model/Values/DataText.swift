/// Text of data: a name or value from a user's rows, compared, hashed and ordered by its UTF-8
/// bytes.
///
/// `String` compares by canonical equivalence: "é" as one scalar and as "e" with an accent are
/// equal, and so one key of a dictionary. In data they are two texts: two columns, two groups, two
/// keys. So every set, dictionary or comparison of names and values from data uses this type.
package struct DataText: Hashable, Comparable, Sendable {
  package let string: String

  /// The text with the bytes of `text`.
  package init(_ text: some StringProtocol) { string = String(text) }

  /// The text of these UTF-8 bytes; invalid bytes become U+FFFD.
  package init(utf8 bytes: some Collection<UInt8>) {
    string = String(decoding: bytes, as: UTF8.self)
  }

  package static func == (left: DataText, right: DataText) -> Bool {
    left.string.hasBytes(of: right.string)
  }

  package static func < (left: DataText, right: DataText) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var text = string
    // The bytes are read within the call.
    text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    // So that ("a", "b") and ("ab", "") do not hash alike.
    hasher.combine(0xFF as UInt8)
  }
}

extension DataText: CustomStringConvertible {
  package var description: String { string }
}

extension DataText: ExpressibleByStringLiteral {
  /// The text as it stands in the source.
  package init(stringLiteral text: String) { string = text }
}

/// Encoded as a plain string, also as the name of a member.
extension DataText: Codable {
  package init(from decoder: any Decoder) throws {
    string = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(string)
  }
}

extension DataText: CodingKeyRepresentable {
  package var codingKey: any CodingKey { Key(stringValue: string) }

  package init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension StringProtocol {
  /// Returns true when both texts are the same bytes in UTF-8, which is equality for text of data.
  package func hasBytes(of other: some StringProtocol) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// Returns true when the text comes before `other` by its UTF-8 bytes, which is the order of
  /// scalars.
  package func precedes(_ other: some StringProtocol) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}

extension Sequence where Element: StringProtocol {
  /// Returns true when one of the texts has the bytes of `text`.
  package func hasText(_ text: some StringProtocol) -> Bool {
    contains { $0.hasBytes(of: text) }
  }
}

extension Sequence<String> {
  /// The texts, each once.
  package var textSet: Set<DataText> { Set(lazy.map { DataText($0) }) }
}

extension Set<DataText> {
  /// Returns true when the text with these bytes is among them.
  package func contains(_ text: String) -> Bool { contains(DataText(text)) }
}

extension Dictionary where Key == DataText {
  /// The value under the text with these bytes.
  package subscript(text: String) -> Value? {
    get { self[DataText(text)] }
    set { self[DataText(text)] = newValue }
  }

  /// The value under the text with these bytes; `value` where there is none.
  package subscript(text: String, default value: @autoclosure () -> Value) -> Value {
    get { self[DataText(text), default: value()] }
    _modify { yield &self[DataText(text), default: value()] }
  }
}
