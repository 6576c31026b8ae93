package import Model

// Names, digests and times are JSON strings, written as in every other place.

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
      in: container, debugDescription: "'\(text)' is not \(what)")
  }
  return value
}

/// A part of a document that is any JSON; only the coders of ``Documents`` can take it.
extension JSON: Codable {
  package init(from decoder: any Decoder) throws {
    self = try decoder.singleValueContainer().decode(JSON.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(self)
  }
}
