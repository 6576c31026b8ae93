package import Model

/// A provider of a set, without what only the document has.
package struct ProviderDocument: Codable, Sendable, Hashable {
  package let name: String
  package let `protocol`: String
  /// Nil for a program.
  package let baseURL: String?
  /// The place of its key, never the key: `env OPENAI_API_KEY`; nil without one.
  package let secret: String?
  /// The names under which it serves models.
  package let models: [String]

  /// A provider with all members.
  package init(
    name: String, protocol: String, baseURL: String?, secret: String?, models: [String]
  ) {
    self.name = name
    self.protocol = `protocol`
    self.baseURL = baseURL
    self.secret = secret
    self.models = models
  }
}

/// A set of providers, as a version keeps it.
package struct ProviderSetDocument: Codable, Sendable, Hashable {
  package let version: VersionDocument
  /// The SHA-256 of the document's canonical form.
  package let digest: Digest
  package let providers: [ProviderDocument]
  /// The document's JSON text.
  package let document: String

  /// The set of `version`.
  package init(
    version: VersionDocument, digest: Digest, providers: [ProviderDocument], document: String
  ) {
    self.version = version
    self.digest = digest
    self.providers = providers
    self.document = document
  }
}

/// The outcome of a change of a set of providers.
package struct ProvidersPushDocument: Codable, Sendable, Hashable {
  package let version: VersionDocument
  /// False when the set was already like that.
  package let isNew: Bool
  package let digest: Digest

  /// The outcome that `version` has the set.
  package init(version: VersionDocument, isNew: Bool, digest: Digest) {
    self.version = version
    self.isNew = isNew
    self.digest = digest
  }
}

/// The outcome of an import of prices.
package struct PricesImportDocument: Codable, Sendable, Hashable {
  package let version: VersionDocument
  package let isNew: Bool
  /// The shape of the file.
  package let format: String
  /// The prices in the file.
  package let prices: Int
  /// The members that look like prices and were not taken.
  package let ignored: [String]

  /// The outcome of reading `prices` prices into `version`.
  package init(
    version: VersionDocument, isNew: Bool, format: String, prices: Int, ignored: [String]
  ) {
    self.version = version
    self.isNew = isNew
    self.format = format
    self.prices = prices
    self.ignored = ignored
  }
}
