package import Model

/// A prompt, as a version keeps it.
package struct StoredPromptDocument: Codable, Sendable, Hashable {
  package let version: VersionDocument
  /// False when a push found the prompt as it was.
  package let isNew: Bool
  /// The SHA-256 of the document's canonical form.
  package let digest: Digest
  /// The names that its texts have places for.
  package let variables: [String]
  package let text: String
  /// The text of a message before it; nil for none.
  package let system: String?
  /// The document's JSON text.
  package let document: String

  /// The prompt of `version`.
  package init(
    version: VersionDocument, isNew: Bool, digest: Digest, variables: [String], text: String,
    system: String?, document: String
  ) {
    self.version = version
    self.isNew = isNew
    self.digest = digest
    self.variables = variables
    self.text = text
    self.system = system
    self.document = document
  }
}
