package import Model

/// The permissions and lifetime of a new token.
package struct TokenRequest: Codable, Sendable, Hashable {
  package var name: String
  package var scope: TokenScope
  /// Only the datasets of this namespace; nil for all.
  package var prefix: String?
  /// Nil for a token that never expires.
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

/// The data that a URL with a token gives access to.
package struct URLTokenRequest: Codable, Sendable, Hashable {
  /// The reference as the user writes it: `name@latest`.
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
