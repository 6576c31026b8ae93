import Foundation
package import Model

extension Documents {
  /// Reads a document that asks for something; a member that is none is refused, since what it was
  /// meant to say would not be done.
  /// - Throws: ``StoreError`` of kind `usage` that names the member at fault.
  package static func decodeRequest<Document: Codable>(
    _ type: Document.Type, from json: [UInt8]
  ) throws(StoreError) -> Document {
    let document = try decode(type, from: json)
    // What was understood is written again; a member that is not among it was not.
    guard let given = try? JSONSerialization.jsonObject(with: Data(json)),
      let known = try? JSONSerialization.jsonObject(with: Data(encode(document)))
    else { return document }
    try requireKnown(given, known, Mirror(reflecting: document), path: [])
    return document
  }

  private static func requireKnown(
    _ given: Any, _ known: Any, _ document: Mirror?, path: [String]
  ) throws(StoreError) {
    if let given = given as? [Any], let known = known as? [Any], given.count == known.count {
      for (index, pair) in zip(given, known).enumerated() {
        try requireKnown(pair.0, pair.1, nil, path: path + [String(index)])
      }
    }
    guard let given = given as? [String: Any], let known = known as? [String: Any] else { return }
    // Null says nothing, and is not written again.
    for (name, value) in given.sorted(by: { $0.key < $1.key }) where !(value is NSNull) {
      guard let understood = known[name] else {
        let names = Set(known.keys).union(labels(document)).subtracting([name]).sorted()
        let near = Spelling.near(name, names).first
        let advice =
          near.map { "did you mean '\($0)'?" } ?? "/openapi.yaml has the members there are"
        throw StoreError(
          .usage,
          "the JSON is not as expected: there is no member '"
            + (path + [name]).joined(separator: ".") + "'; " + advice)
      }
      try requireKnown(value, understood, child(name, of: document), path: path + [name])
    }
  }

  private static func labels(_ document: Mirror?) -> [String] {
    document?.children.compactMap(\.label) ?? []
  }

  private static func child(_ name: String, of document: Mirror?) -> Mirror? {
    guard let value = document?.children.first(where: { $0.label == name })?.value else {
      return nil
    }
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return mirror }
    return mirror.children.first.map { Mirror(reflecting: $0.value) }
  }
}
