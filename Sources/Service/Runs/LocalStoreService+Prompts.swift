package import Model
import Providers
import Running
import Store
package import Wire

extension LocalStoreService {
  /// The attribute of a version that has its prompt's digest.
  private static let promptAttribute = "prompt.digest"

  /// Saves a prompt as the next version of a dataset; the latest one again makes none.
  /// - Parameter source: The text of a template, or a document `prompt/1`.
  /// - Throws: ``StoreError``: `invalid` with every fault by its JSON Pointer, one of which is a
  ///   system message beside a document, and `usage` for a dataset of another kind.
  package func pushPrompt(
    _ name: DatasetName, _ source: String, system: String?, message: String, author: String
  ) throws(StoreError) -> StoredPromptDocument {
    let prompt = try Self.prompt(source, system, name)
    let latest = try latest(name)
    if let latest {
      try Self.requirePrompt(latest)
      if latest.record.attributes[Self.promptAttribute] == prompt.digest.description {
        return document(of: prompt, latest, isNew: false)
      }
    }
    var push = PushRequest()
    push.kind = .prompts
    push.message = message
    push.author = author
    push.attributes = [Self.promptAttribute: prompt.digest.description]
    push.precondition = .number(latest?.number ?? 0)
    let saved = try saveDocument(prompt.json.compactBytes, as: name, push)
    return document(of: prompt, saved.version, isNew: saved.isNew)
  }

  /// The prompt of a text: of a document, where it is the JSON of one.
  private static func prompt(
    _ source: String, _ system: String?, _ name: DatasetName
  ) throws(StoreError) -> PromptDocument {
    do throws(DocumentFaults) {
      guard source.hasPrefix("{"), let json = try? ProviderSet.json(Array(source.utf8)),
        json.object?["schema"] == .string(PromptDocument.schema)
      else { return try PromptDocument(text: source, system: system) }
      guard system == nil else {
        throw DocumentFaults(faults: [
          .init(pointer: "/system", message: "is in the document: leave --system out")
        ])
      }
      return try PromptDocument(json)
    } catch {
      throw failure(error, name.text)
    }
  }

  private static func failure(_ error: DocumentFaults, _ name: String) -> StoreError {
    let count = error.faults.count
    var failure = StoreError(
      .invalid, "the prompt \(name) has \(count) fault\(count == 1 ? "" : "s"):\n\(error)")
    failure.detail = .faults
    return failure
  }

  private static func requirePrompt(_ version: Version) throws(StoreError) {
    guard version.record.kind == .prompts else {
      throw StoreError(
        .usage,
        "\(version.reference) holds \(version.record.kind.rawValue), not a prompt: save one with "
          + "'assay prompt push NAME FILE'")
    }
  }

  /// The prompt that a reference names.
  /// - Throws: ``StoreError``: `missing` when there is no such version, `usage` for one of another
  ///   kind.
  func prompt(
    _ reference: String
  ) throws(StoreError) -> (version: Version, prompt: PromptDocument) {
    let version = try seen(reference)
    try Self.requirePrompt(version)
    let bytes = try document(version.pinned).json
    do throws(DocumentFaults) {
      return (version, try PromptDocument(try ProviderSet.json(bytes)))
    } catch {
      throw Self.failure(error, version.reference)
    }
  }

  /// Returns a stored prompt.
  /// - Throws: As a run does that names it.
  package func storedPrompt(_ reference: String) throws(StoreError) -> StoredPromptDocument {
    let (version, prompt) = try prompt(reference)
    return document(of: prompt, version, isNew: false)
  }

  /// The latest version of each prompt.
  package func prompts() throws(StoreError) -> [StoredPromptDocument] {
    var found: [StoredPromptDocument] = []
    for dataset in try datasets(limit: nil)
    where dataset.kind == .prompts && dataset.problem == nil {
      found.append(try storedPrompt(dataset.name.text))
    }
    return found
  }

  private func document(
    of prompt: PromptDocument, _ version: Version, isNew: Bool
  ) -> StoredPromptDocument {
    StoredPromptDocument(
      version: document(for: version), isNew: isNew, digest: prompt.digest,
      variables: prompt.variables, text: prompt.json.object?["text"]?.string ?? "",
      system: prompt.json.object?["system"]?.string, document: prompt.json.text)
  }
}
