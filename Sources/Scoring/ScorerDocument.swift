package import Model

/// The scorers to be applied: a document `scorers/1`, or the list in it.
///
/// ```json
/// {"schema": "scorers/1",
///  "scorers": [{"name": "correct", "type": "exact", "expected": "answer", "normalize": ["trim"]}]}
/// ```
package struct ScorerDocument: Sendable {
  /// The form of documents.
  package static let schema = "scorers/1"
  /// The most scorers of one document.
  static let limit = 100

  /// The scorers in the order of the document, whose names differ.
  package let measures: [any Measure]

  /// Reads a document, or a list of scorers, each an object or a text in the short form.
  /// - Parameter output: The column with the outputs, for scorers that name no other.
  /// - Throws: ``StoreError`` of kind `usage` for the first fault, with the scorer's name.
  package init(_ json: JSON, output: String = "output") throws(StoreError) {
    let items = try Self.items(json)
    guard !items.isEmpty else {
      throw StoreError(.usage, "there is no scorer; \(ScorerType.advice)")
    }
    guard items.count <= Self.limit else {
      throw StoreError(.usage, "\(items.count) scorers are more than \(Self.limit) at once")
    }
    var measures: [any Measure] = []
    for item in items {
      let measure = try Self.measure(item, output: output)
      let name = measure.identity.name
      guard !measures.contains(where: { $0.identity.name.hasBytes(of: name) }) else {
        throw StoreError(
          .usage, "two scorers are called '\(name)'; give one another name: NAME=\(name)")
      }
      measures.append(measure)
    }
    self.measures = measures
  }

  /// The list of scorers of a document.
  package static func items(_ json: JSON) throws(StoreError) -> [JSON] {
    if let items = json.array { return items }
    guard var object = json.object else {
      throw StoreError(.usage, "scorers are a list, or an object with the member 'scorers'")
    }
    guard object.remove("schema") == .string(Self.schema) else {
      throw StoreError(
        .usage, "a document of scorers has \"schema\": \"\(Self.schema)\" and \"scorers\": […]")
    }
    guard let items = object.remove("scorers")?.array else {
      throw StoreError(.usage, "the member 'scorers' is missing, or not a list")
    }
    if let name = object.names.first {
      throw StoreError(.usage, "a document of scorers has no member '\(name)'")
    }
    return items
  }

  /// Returns true when one of some scorers starts programs, calls models or asks people.
  package static func hasOutside(_ scorers: [JSON]) -> Bool {
    scorers.contains { scorer in
      let type = scorer.object?["type"]?.string
      return [CommandScorer.type, JudgeScorer.type, HumanScorer.type].contains { $0 == type }
    }
  }

  /// Reads one scorer.
  static func measure(_ json: JSON, output: String) throws(StoreError) -> any Measure {
    if let text = json.string {
      return try measure(try ScorerShortForm.json(text), output: output)
    }
    guard var object = json.object, let type = object.remove("type")?.string else {
      throw StoreError(
        .usage, "a scorer is an object with a member 'type'; \(ScorerType.advice)")
    }
    guard let kind = ScorerType.named(type) else {
      throw StoreError(
        .usage,
        "there is no scorer of type '\(type)'; \(Spelling.advice(type, ScorerType.names))")
    }
    let isSet = object["scope"] == .string(ScorerScope.set.rawValue)
    let name = try name(object.remove("name"), of: kind, isSet: isSet)
    var configuration = object
    for bound in kind.bounds { configuration[bound] = nil }
    configuration.append("type", .string(type))
    let digest = Digest(hashing: JSON.object(configuration).withPlainNumbers.canonicalBytes)
    var options = ScorerOptions(name: name, type: type, object, output: output)
    let identity = ScorerIdentity(name: name, type: type, version: kind.version, digest: digest)
    let measure = try kind.make(identity, &options)
    try options.finish(besides: kind.pins)
    return measure
  }

  private static func name(
    _ json: JSON?, of kind: ScorerType, isSet: Bool
  ) throws(StoreError) -> String {
    // That of a set is not the one of its outputs.
    guard let json else { return (isSet ? "corpus_" : "") + kind.scoreName }
    guard let name = json.string, (1...64).contains(name.utf8.count),
      name.utf8.allSatisfy({ $0 == 0x2D || $0 == 0x5F || Self.isAlphanumeric($0) })
    else {
      throw StoreError(
        .usage, "the name of a scorer has 1 to 64 letters, digits, '_' and '-'")
    }
    return name
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
