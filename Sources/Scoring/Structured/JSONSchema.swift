package import Model

/// A JSON Schema of a subset of draft 2020-12 (https://json-schema.org/draft/2020-12).
///
/// Keywords outside the subset are refused when the schema is read, since ignoring them would
/// accept what the schema forbids. `format` and the other annotations never fail, as the draft has
/// it.
package struct JSONSchema: Sendable {
  let root: JSON
  /// The patterns of the schema, compiled.
  let patterns: [DataText: LinearRegex]
  /// The subschemas that `$anchor` names.
  let anchors: [DataText: JSON]

  /// The identifier of the draft, which `$schema` may name.
  static let draft = "https://json-schema.org/draft/2020-12/schema"

  /// Reads a schema.
  /// - Throws: ``JSONSchemaFault`` for a keyword outside the subset, or one with a wrong value.
  package init(_ json: JSON) throws(JSONSchemaFault) {
    var check = JSONSchemaCheck(json)
    try check.run()
    root = json
    patterns = check.patterns
    anchors = check.anchors
  }

  /// The first fault of a value; nil when it is valid.
  /// - Throws: ``ScoringFailure`` when references lead in a circle, or the schema takes more than
  ///   the work that is left.
  func fault(of json: JSON, _ work: inout ScoringWork) throws(ScoringFailure) -> String? {
    var validation = JSONValidation(self, work)
    defer { work = validation.work }
    guard try !validation.isValid(json, root, at: "") else { return nil }
    return validation.fault ?? "it is not valid"
  }
}

/// The reason for which a schema cannot be used, and the place in it.
package struct JSONSchemaFault: Error, Sendable, Hashable {
  /// A JSON pointer.
  package let place: String
  package let message: String

  /// The place and the message.
  package var description: String { (place.isEmpty ? "" : "at \(place): ") + message }
}

extension JSONSchema {
  /// The schema that `$ref` names; nil when there is none.
  func target(of reference: String) -> JSON? {
    Self.target(of: reference, root, anchors)
  }

  /// The schema that a reference names: `#`, `#/pointer`, `#anchor`, or one of these behind the
  /// root's own `$id`.
  static func target(
    of reference: String, _ root: JSON, _ anchors: [DataText: JSON]
  ) -> JSON? {
    var reference = reference
    if let id = root.object?["$id"]?.string {
      let own = id.hasSuffix("#") ? String(id.dropLast()) : id
      if !own.isEmpty, reference.hasPrefix(own) { reference.removeFirst(own.count) }
      if reference.isEmpty { reference = "#" }
    }
    guard reference.hasPrefix("#"), let fragment = reference.dropFirst().percentDecoded else {
      return nil
    }
    if fragment.isEmpty || fragment.hasPrefix("/") {
      return JSONPath(fragment)?.value(in: root)
    }
    return anchors[fragment]
  }
}

extension Substring {
  /// The text without percent encoding; nil when that is malformed.
  fileprivate var percentDecoded: String? {
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst(), let low = rest.popFirst(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
