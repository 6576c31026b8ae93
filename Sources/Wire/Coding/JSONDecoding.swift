import Model

/// A decoder of one value of a document.
///
/// It records which members of an object are read, so that an unread member can be refused by name,
/// and the known names can be suggested: the list of a type's members is what its
/// `init(from:)` reads.
final class JSONDecoding: Decoder {
  let value: JSON
  let userInfo: [CodingUserInfoKey: Any] = [:]
  private let parent: JSONDecoding?
  private let key: (any CodingKey)?
  /// True to refuse members that are never read.
  fileprivate let isStrict: Bool
  /// The names that were read; nil until the value is taken for an object.
  private var asked: [String]?

  /// A decoder of `value`, which is a whole document, or the value of `key` in `parent`.
  init(
    _ value: JSON, isStrict: Bool, parent: JSONDecoding? = nil, key: (any CodingKey)? = nil
  ) {
    self.value = value
    self.isStrict = isStrict
    self.parent = parent
    self.key = key
  }

  var codingPath: [any CodingKey] { (parent?.codingPath ?? []) + (key.map { [$0] } ?? []) }

  /// Reads the value as a `type`.
  /// - Throws: `DecodingError` for anything else, and for members that were not read.
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let scalar = type as? any JSONScalarCoding.Type,
      let value = try scalar.init(self) as? Value
    {
      return value
    }
    let decoded = try Value(from: self)
    try requireAsked()
    return decoded
  }

  fileprivate func child(_ value: JSON, _ key: any CodingKey) -> JSONDecoding {
    JSONDecoding(value, isStrict: isStrict, parent: self, key: key)
  }

  fileprivate func ask(_ name: String) {
    if isStrict { asked?.append(name) }
  }

  private func requireAsked() throws {
    guard isStrict, let asked, let object = value.object else { return }
    let known = asked.textSet
    guard
      let name = object.names.filter({ !known.contains($0) }).min(by: { $0.precedes($1) })
    else { return }
    let path = (codingPath.map(\.stringValue) + [name]).joined(separator: ".")
    let near = Spelling.near(name, asked).first
    let advice = near.map { "did you mean '\($0)'?" } ?? "/openapi.yaml has the members there are"
    throw DecodingError.dataCorrupted(
      .init(codingPath: [], debugDescription: "there is no member '\(path)'; \(advice)"))
  }

  /// The error for a value that is not `what`, such as "an integer".
  func mismatch(_ what: String) -> DecodingError {
    .typeMismatch(
      JSON.self, .init(codingPath: codingPath, debugDescription: "takes " + what))
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let object = value.object else { throw mismatch("an object") }
    asked = asked ?? []
    return KeyedDecodingContainer(MemberDecoding(decoder: self, object: object))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let items = value.array else { throw mismatch("an array") }
    return ItemDecoding(decoder: self, items: items)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }
}

extension JSONDecoding: SingleValueDecodingContainer {
  func decodeNil() -> Bool { value == .null }
}

/// The members of an object.
private struct MemberDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: JSONDecoding
  let object: JSON.Object

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { object.names.compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool {
    decoder.ask(key.stringValue)
    return object[key.stringValue] != nil
  }

  private func member(_ key: some CodingKey) throws -> JSONDecoding {
    decoder.ask(key.stringValue)
    guard let value = object[key.stringValue] else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
    }
    return decoder.child(value, key)
  }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key).decodeNil() }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try member(key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try member(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try member(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder }

  func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }
}

/// The items of an array.
private struct ItemDecoding: UnkeyedDecodingContainer {
  let decoder: JSONDecoding
  let items: [JSON]
  private(set) var currentIndex = 0

  init(decoder: JSONDecoding, items: [JSON]) {
    self.decoder = decoder
    self.items = items
  }

  private struct Place: CodingKey {
    let index: Int
    var intValue: Int? { index }
    var stringValue: String { String(index) }

    init(_ index: Int) { self.index = index }
    init?(intValue: Int) { index = intValue }
    init?(stringValue: String) { nil }
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex == items.count }

  private mutating func next() throws -> JSONDecoding {
    guard !isAtEnd else { throw decoder.mismatch("\(items.count + 1) items") }
    defer { currentIndex += 1 }
    return decoder.child(items[currentIndex], Place(currentIndex))
  }

  mutating func decodeNil() -> Bool {
    guard !isAtEnd, items[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next().decode(type)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try next() }
}
