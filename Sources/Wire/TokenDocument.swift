package import Model

/// The permissions of a token; each scope includes those before it.
package enum TokenScope: String, Codable, Sendable, CaseIterable, Comparable {
  case read, write, admin

  private var rank: Int {
    switch self {
    case .read: 0
    case .write: 1
    case .admin: 2
    }
  }

  package static func < (left: TokenScope, right: TokenScope) -> Bool { left.rank < right.rank }
}

/// A token without its secret.
package struct TokenDocument: Codable, Sendable, Hashable {
  /// 16 hexadecimal digits.
  package let id: String
  /// The person or program it was made for; the author of its writes.
  package let name: String
  package let scope: TokenScope
  /// The namespace that the token is limited to; nil for all.
  package let prefix: String?
  /// The dataset that the token is limited to; nil for all.
  package let dataset: DatasetName?
  /// True when it was made for a URL, which cannot carry a header.
  package let isUrl: Bool
  package let createdAt: Timestamp
  package let expiresAt: Timestamp?
  /// Accurate to about a minute.
  package let lastUsedAt: Timestamp?

  /// A token with all its members.
  package init(
    id: String, name: String, scope: TokenScope, prefix: String?, dataset: DatasetName?,
    isUrl: Bool, createdAt: Timestamp, expiresAt: Timestamp?, lastUsedAt: Timestamp?
  ) {
    self.id = id
    self.name = name
    self.scope = scope
    self.prefix = prefix
    self.dataset = dataset
    self.isUrl = isUrl
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.lastUsedAt = lastUsedAt
  }
}

/// A token with its secret, which is shown only once: one JSON object with the members of both.
package struct NewTokenDocument: Sendable, Hashable {
  package let document: TokenDocument
  /// `assay_` and 43 characters.
  package let token: String

  /// The token `document`, whose secret is `token`.
  package init(document: TokenDocument, token: String) {
    self.document = document
    self.token = token
  }
}

extension NewTokenDocument: Codable {
  private enum CodingKeys: String, CodingKey {
    case token
  }

  package init(from decoder: any Decoder) throws {
    document = try TokenDocument(from: decoder)
    token = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .token)
  }

  package func encode(to encoder: any Encoder) throws {
    try document.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(token, forKey: .token)
  }
}

/// A data URL that works without a header until it expires.
package struct URLTokenDocument: Codable, Sendable, Hashable {
  /// The token's id, by which it is revoked.
  package let id: String
  /// The URL's path on the server, with the token in it.
  package let path: String
  package let token: String
  package let expiresAt: Timestamp

  /// A data URL at `path`.
  package init(id: String, path: String, token: String, expiresAt: Timestamp) {
    self.id = id
    self.path = path
    self.token = token
    self.expiresAt = expiresAt
  }
}
