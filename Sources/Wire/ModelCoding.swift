package import Model

// Names, digests and times are JSON strings, as they are written everywhere else.

extension DatasetName: Codable {
  package init(from decoder: any Decoder) throws {
    self = try DatasetName(try decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(text)
  }
}

extension Digest: Codable {
  package init(from decoder: any Decoder) throws {
    self = try decoded(decoder, Digest.init(parsing:), "a digest")
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(description)
  }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    self = try decoded(decoder, Timestamp.init(parsing:), "a time")
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(description)
  }
}

extension DatasetKind: Codable {}
extension ColumnType: Codable {}

/// The string that `decoder` holds, read by `parse`.
private func decoded<Value>(
  _ decoder: any Decoder, _ parse: (String) -> Value?, _ what: String
) throws -> Value {
  let container = try decoder.singleValueContainer()
  let text = try container.decode(String.self)
  guard let value = parse(text) else {
    throw DecodingError.dataCorruptedError(
      in: container, debugDescription: "'\(text)' is no \(what)")
  }
  return value
}

extension CanonicalJSON: Codable {
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? value.decode(Int64.self) {
      self = .integer(integer)
    } else if let text = try? value.decode(String.self) {
      self = .string(text)
    } else if let items = try? value.decode([CanonicalJSON].self) {
      self = .array(items)
    } else {
      let members = try value.decode([String: CanonicalJSON].self)
      self = .object(
        Dictionary(uniqueKeysWithValues: members.map { (DataText($0.key), $0.value) }))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .string(let text): try container.encode(text)
    case .array(let items): try container.encode(items)
    case .object(let members):
      // Foundation's own dictionaries have no two names that look the same.
      try container.encode(
        Dictionary(members.map { ($0.key.string, $0.value) }, uniquingKeysWith: { $1 }))
    }
  }
}
