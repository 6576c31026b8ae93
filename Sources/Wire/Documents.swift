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
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      (place(context).map { "member '\($0)'" } ?? "it") + " takes " + what(type)
    case .dataCorrupted(let context):
      (place(context).map { "member '\($0)': " } ?? "") + context.debugDescription
    @unknown default: "\(error)"
    }
  }

  /// Where a member is, with the places of arrays from 0; nil for the whole document.
  private static func place(_ context: DecodingError.Context) -> String? {
    let path = context.codingPath.map { key in key.intValue.map { "\($0)" } ?? key.stringValue }
    return path.isEmpty ? nil : path.joined(separator: ".")
  }

  /// What a value of a type is in JSON.
  private static func what(_ type: any Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is any BinaryInteger.Type: "an integer"
    case is any BinaryFloatingPoint.Type: "a number"
    case is any JSONArray.Type: "an array"
    case _ where type == (any UnkeyedDecodingContainer).self: "an array"
    default: "an object"
    }
  }
}

/// Any array, whatever its elements.
private protocol JSONArray {}

extension Array: JSONArray {}
