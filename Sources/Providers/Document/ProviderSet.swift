package import Model

/// The providers there are and the models they serve: a document `providers/1`.
package struct ProviderSet: Sendable {
  /// The name of the format.
  package static let schema = "providers/1"

  package let providers: [ProviderDefinition]
  package let models: [ModelDefinition]
  /// The document as it is saved.
  package let json: JSON

  /// The SHA-256 of the document's canonical text.
  package var digest: Digest { Digest(hashing: json.canonicalBytes) }

  /// Reads and checks a document.
  /// - Throws: ``DocumentFaults`` with every fault by its JSON Pointer; none repeats what looks
  ///   like a key.
  package init(parsing bytes: [UInt8]) throws(DocumentFaults) {
    guard bytes.count <= 4 << 20 else {
      throw DocumentFaults(faults: [DocumentFault(pointer: "", message: "it has more than 4 MiB")])
    }
    try self.init(Self.json(bytes))
  }

  /// Reads JSON text, which may be a part of a document.
  /// - Throws: ``DocumentFaults`` with the place of what is not JSON.
  package static func json(_ bytes: [UInt8]) throws(DocumentFaults) -> JSON {
    do throws(JSONFault) {
      return try JSON(parsing: bytes)
    } catch {
      throw DocumentFaults(faults: [
        DocumentFault(pointer: "", message: "is not JSON at " + error.description(in: bytes))
      ])
    }
  }

  /// Checks a document.
  /// - Throws: As ``init(parsing:)``.
  package init(_ json: JSON) throws(DocumentFaults) {
    var reader = DocumentReader()
    let place = DocumentReader.Place(value: json, pointer: JSONPointer())
    var providers: [ProviderDefinition] = []
    var models: [ModelDefinition] = []
    if let members = reader.object(
      place, required: ["schema", "providers"], optional: ["models", "comment"])
    {
      _ = reader.choice(members["schema"], [Self.schema])
      _ = reader.text(members["comment"])
      if let place = members["providers"] {
        providers = reader.anyMembers(place).compactMap { reader.provider($0.name, $0.place) }
      }
      if let place = members["models"] {
        let names = providers.map(\.name)
        models = reader.anyMembers(place).compactMap { reader.model($0.name, $0.place, of: names) }
      }
    }
    reader.refuseKeys(place)
    guard reader.faults.isEmpty else { throw DocumentFaults(faults: reader.faults) }
    self.providers = providers
    self.models = models
    self.json = json
  }

  /// The document with one more provider, in the place of one of the same name; with nil, without
  /// that provider and its models.
  package func document(with provider: JSON?, named name: String) -> JSON {
    var document = json.object ?? JSON.Object()
    var providers = document["providers"]?.object ?? JSON.Object()
    providers[name] = provider
    document["providers"] = .object(providers)
    if provider == nil, let models = document["models"]?.object {
      document["models"] = .object(
        JSON.Object(
          models.members.lazy.filter { $0.value["provider"]?.string?.hasBytes(of: name) != true }
            .map { ($0.name, $0.value) }))
    }
    return .object(document)
  }
}
