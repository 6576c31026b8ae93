package import Model

/// The JSON of documents: compact, members in the order of their names' bytes.
package enum Documents {
  /// The JSON text of a document.
  package static func encode(_ document: some Encodable) -> [UInt8] {
    do {
      var out: [UInt8] = []
      try JSONEncoding.json(document).append(to: &out) { members in
        members.sorted { $0.name.precedes($1.name) }
      }
      return out
    } catch {
      // Documents hold texts and finite numbers, which all encode.
      preconditionFailure("\(error)")
    }
  }

  /// The greatest depth of values in a document, of which a rule set may be a part.
  private static let depth = 2 * JSONScanner.usualDepth

  /// Reads a document; members that this program does not know are passed over.
  /// - Throws: ``StoreError``: `usage` that names the member at fault; `unavailable` from a type
  ///   that refuses what a newer program wrote.
  package static func decode<Document: Decodable>(
    _ type: Document.Type, from json: some Sequence<UInt8>
  ) throws(StoreError) -> Document {
    try decode(type, from: Array(json), isStrict: false)
  }

  /// Reads a document that asks for something; a member that it does not have is refused, since
  /// what it was meant to say would not be done.
  /// - Throws: ``StoreError`` of kind `usage` that names the member at fault.
  package static func decodeRequest<Document: Decodable>(
    _ type: Document.Type, from json: [UInt8]
  ) throws(StoreError) -> Document {
    try decode(type, from: json, isStrict: true)
  }

  private static func decode<Document: Decodable>(
    _ type: Document.Type, from json: [UInt8], isStrict: Bool
  ) throws(StoreError) -> Document {
    let what: String
    do {
      let value = try JSON(parsing: json, depth: depth)
      return try JSONDecoding(value, isStrict: isStrict).decode(type)
    } catch let fault as JSONFault {
      what = fault.description(in: json)
    } catch let error as DecodingError {
      what = explanation(error)
    } catch let error as StoreError where error.kind == .unavailable {
      // A newer program wrote it, which is not an error of the document.
      throw error
    } catch {
      what = "\(error)"
    }
    throw StoreError(.usage, "the JSON is not as expected: " + what)
  }

  private static func explanation(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context): "member '\(place(context, key) ?? "")' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      (place(context).map { "member '\($0)' " } ?? "it ") + context.debugDescription
    case .dataCorrupted(let context):
      (place(context).map { "member '\($0)': " } ?? "") + context.debugDescription
    @unknown default: "\(error)"
    }
  }

  /// The path of a member, with the places of arrays from 0; nil for the whole document.
  private static func place(
    _ context: DecodingError.Context, _ key: (any CodingKey)? = nil
  ) -> String? {
    let path = (context.codingPath + (key.map { [$0] } ?? [])).map(\.stringValue)
    return path.isEmpty ? nil : path.joined(separator: ".")
  }
}
