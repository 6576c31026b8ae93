package import Model

/// What a new token shall allow.
package struct TokenRequest: Codable, Sendable, Hashable {
  package var name: String
  package var scope: TokenScope
  /// Only the datasets of this namespace; nil for all.
  package var prefix: String?
  /// Nil for ever.
  package var expiresInSeconds: Int?

  /// A token called `name`.
  package init(
    name: String, scope: TokenScope, prefix: String? = nil, expiresInSeconds: Int? = nil
  ) {
    self.name = name
    self.scope = scope
    self.prefix = prefix
    self.expiresInSeconds = expiresInSeconds
  }
}

/// Which data a URL with a token shall open.
package struct URLTokenRequest: Codable, Sendable, Hashable {
  /// As it is written: `name@latest`.
  package var reference: String
  /// The extension of the data URL: `parquet`.
  package var format: String
  /// Nil for a week.
  package var expiresInSeconds: Int?

  /// A URL of `reference` in `format`.
  package init(reference: String, format: FileFormat, expiresInSeconds: Int? = nil) {
    self.reference = reference
    self.format = format.rawValue
    self.expiresInSeconds = expiresInSeconds
  }
}
