import Model

/// An encoder of one value of a document.
final class JSONEncoding: Encoder {
  let userInfo: [CodingUserInfoKey: Any] = [:]
  // A parent holds its children until it is asked for its JSON.
  private unowned let parent: JSONEncoding?
  private let key: (any CodingKey)?
  private var content = Content.nothing

  private enum Content {
    case nothing
    case value(JSON)
    case members([(name: String, value: JSONEncoding)])
    case items([JSONEncoding])
  }

  private init(parent: JSONEncoding? = nil, key: (any CodingKey)? = nil) {
    self.parent = parent
    self.key = key
  }

  /// The JSON of `document`, members in the order they were encoded in.
  /// - Throws: `EncodingError` for numbers that are not finite.
  static func json(_ document: some Encodable) throws -> JSON {
    let encoding = JSONEncoding()
    try encoding.encode(document)
    return encoding.json
  }

  var codingPath: [any CodingKey] { (parent?.codingPath ?? []) + (key.map { [$0] } ?? []) }

  private var json: JSON {
    switch content {
    case .nothing: [:]
    case .value(let value): value
    case .items(let items): .array(items.map(\.json))
    case .members(let members): .object(JSON.Object(members.map { ($0.name, $0.value.json) }))
    }
  }

  func encode(_ value: some Encodable) throws {
    if let scalar = value as? any JSONScalarCoding {
      content = .value(try scalar.json(self))
    } else {
      try value.encode(to: self)
    }
  }

  fileprivate func child(_ key: some CodingKey) -> JSONEncoding {
    let child = JSONEncoding(parent: self, key: key)
    var members: [(name: String, value: JSONEncoding)] = []
    if case .members(let known) = content { members = known }
    content = .nothing
    members.append((key.stringValue, child))
    content = .members(members)
    return child
  }

  fileprivate func item() -> JSONEncoding {
    let child = JSONEncoding(parent: self)
    var items: [JSONEncoding] = []
    if case .items(let known) = content { items = known }
    content = .nothing
    items.append(child)
    content = .items(items)
    return child
  }

  fileprivate var count: Int { if case .items(let items) = content { items.count } else { 0 } }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .nothing = content { content = .members([]) }
    return KeyedEncodingContainer(MemberEncoding(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .nothing = content { content = .items([]) }
    return ItemEncoding(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONEncoding: SingleValueEncodingContainer {
  func encodeNil() { content = .value(.null) }
}

/// The members of an object.
private struct MemberEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: JSONEncoding

  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil(forKey key: Key) { encoder.child(key).encodeNil() }

  func encode(_ value: some Encodable, forKey key: Key) throws {
    try encoder.child(key).encode(value)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder.child(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder.child(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder }

  func superEncoder(forKey key: Key) -> any Encoder { encoder.child(key) }
}

/// The items of an array.
private struct ItemEncoding: UnkeyedEncodingContainer {
  let encoder: JSONEncoding

  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.count }

  func encodeNil() { encoder.item().encodeNil() }

  func encode(_ value: some Encodable) throws { try encoder.item().encode(value) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    encoder.item().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    encoder.item().unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder.item() }
}
