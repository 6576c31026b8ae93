package import Model
package import Providers

/// A prompt as a version keeps it: a document `prompt/1`.
///
/// ```json
/// {"schema": "prompt/1", "system": "One word.", "text": "Tag this: {{text}}"}
/// ```
package struct PromptDocument: Sendable {
  /// The name of the format.
  package static let schema = "prompt/1"

  package let text: PromptTemplate
  /// The text of a message before it.
  package let system: PromptTemplate?
  /// The document as it is saved.
  package let json: JSON

  /// The SHA-256 of the document's canonical text.
  package var digest: Digest { Digest(hashing: json.canonicalBytes) }

  /// The names that its texts have places for, each once.
  package var variables: [String] {
    var names: [String] = []
    for name in (system?.columns ?? []) + text.columns where !names.hasText(name) {
      names.append(name)
    }
    return names
  }

  /// Checks a document.
  /// - Throws: ``DocumentFaults`` with every fault by its JSON Pointer.
  package init(_ json: JSON) throws(DocumentFaults) {
    var reader = DocumentReader()
    let place = DocumentReader.Place(value: json, pointer: JSONPointer())
    guard
      let members = reader.object(
        place, required: ["schema", "text"], optional: ["system", "comment"])
    else { throw DocumentFaults(faults: reader.faults) }
    _ = reader.choice(members["schema"], [Self.schema])
    _ = reader.text(members["comment"])
    let text = members["text"].flatMap { reader.template($0) }
    system = members["system"].flatMap { reader.template($0) }
    reader.refuseKeys(place)
    guard reader.faults.isEmpty, let text else { throw DocumentFaults(faults: reader.faults) }
    self.text = text
    self.json = json
  }

  /// The document of texts.
  /// - Throws: As ``init(_:)``.
  package init(text: String, system: String?) throws(DocumentFaults) {
    var members: JSON.Object = ["schema": .string(Self.schema)]
    members["system"] = system.map(JSON.string)
    members["text"] = .string(text)
    try self.init(.object(members))
  }
}

extension DocumentReader {
  /// A text with places for columns.
  mutating func template(_ place: Place) -> PromptTemplate? {
    guard let text = text(place, atMost: 1 << 20) else { return nil }
    do throws(PromptTemplate.Fault) {
      return try PromptTemplate(parsing: text)
    } catch {
      note(error.message, at: place)
      return nil
    }
  }
}
