import Foundation
package import Model

/// The JSON of documents: compact, members in the order of their names.
package enum Documents {
  /// The JSON text of a document.
  package static func encode(_ document: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(document))
    } catch {
      // Documents hold texts and finite numbers, which all encode.
      preconditionFailure("\(error)")
    }
  }

  /// Reads a document.
  /// - Throws: ``StoreError`` of kind `usage` that names the member at fault.
  package static func decode<Document: Decodable>(
    _ type: Document.Type, from json: some Sequence<UInt8>
  ) throws(StoreError) -> Document {
    do {
      return try JSONDecoder().decode(type, from: Data(json))
    } catch let error as DecodingError {
      throw StoreError(.usage, "the JSON is not as expected: " + explanation(error))
    } catch {
      throw StoreError(.usage, "the JSON is not as expected: \(error)")
    }
  }

  private static func explanation(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "member '\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? context.debugDescription
        : "member '" + context.codingPath.map(\.stringValue).joined(separator: ".") + "': "
          + context.debugDescription
    @unknown default: "\(error)"
    }
  }
}
