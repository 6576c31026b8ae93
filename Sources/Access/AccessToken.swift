import Foundation
import Model
import Platform
import Wire

/// A token as the store keeps it: all but its secret, of which only the SHA-256 stays.
struct AccessToken: Encodable, Sendable, Hashable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case id, hash, name, scope, prefix, dataset, isUrl, createdAt, expiresAt, lastUsedAt
  }

  let id: String
  let hash: Digest
  let name: String
  let scope: TokenScope
  let prefix: String?
  let dataset: DatasetName?
  let isUrl: Bool
  let createdAt: Timestamp
  let expiresAt: Timestamp?
  var lastUsedAt: Timestamp?

  /// Secrets begin so, and leaks of them are found by it.
  static let secretPrefix = "assay_"
  private static let secretBytes = 32

  /// The public description of it, without the secret.
  var document: TokenDocument {
    TokenDocument(
      id: id, name: name, scope: scope, prefix: prefix, dataset: dataset, isUrl: isUrl,
      createdAt: createdAt, expiresAt: expiresAt, lastUsedAt: lastUsedAt)
  }

  /// The caller that presents it.
  var caller: Caller {
    let visibility: Caller.Visibility =
      if let dataset { .dataset(dataset) } else if let prefix { .prefix(prefix) } else {
        .everything
      }
    return Caller(
      tokenID: id, name: name, scope: scope, visibility: visibility, expiresAt: expiresAt)
  }

  /// Returns true when it has expired.
  func isExpired(at time: Timestamp) -> Bool { expiresAt.map { $0 <= time } ?? false }

  /// 256 random bits, in the form in which they are handed out.
  static func makeSecret() -> String {
    let text = Data(SystemRandom.bytes(secretBytes)).base64EncodedString()
    return secretPrefix
      + text.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
      .replacingOccurrences(of: "=", with: "")
  }

  /// 64 random bits in hexadecimal digits.
  static func makeID() -> String { SystemRandom.hex(8) }

  /// The hash of a secret, which is stored in its place.
  static func hash(_ secret: String) -> Digest { Digest(hashing: Array(secret.utf8)) }
}

extension AccessToken: Decodable {
  /// Reads a token.
  /// - Throws: ``StoreError`` of kind `unavailable` when a newer program gave it a limit that this
  ///   one does not know: without it, the token would allow more.
  init(from decoder: any Decoder) throws {
    try KnownMembers.require(CodingKeys.self, of: decoder)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    id = try members.decode(String.self, forKey: .id)
    hash = try members.decode(Digest.self, forKey: .hash)
    name = try members.decode(String.self, forKey: .name)
    let scope = try members.decode(String.self, forKey: .scope)
    guard let known = TokenScope(rawValue: scope) else {
      throw KnownMembers.newer("a token has the scope '\(scope)'")
    }
    self.scope = known
    prefix = try members.decodeIfPresent(String.self, forKey: .prefix)
    dataset = try members.decodeIfPresent(DatasetName.self, forKey: .dataset)
    isUrl = try members.decode(Bool.self, forKey: .isUrl)
    createdAt = try members.decode(Timestamp.self, forKey: .createdAt)
    expiresAt = try members.decodeIfPresent(Timestamp.self, forKey: .expiresAt)
    lastUsedAt = try members.decodeIfPresent(Timestamp.self, forKey: .lastUsedAt)
  }
}

extension Digest {
  /// Returns true when two digests are equal, in a time that does not depend on where they differ.
  func equalsInConstantTime(_ other: Digest) -> Bool {
    ((word0 ^ other.word0) | (word1 ^ other.word1) | (word2 ^ other.word2)
      | (word3 ^ other.word3)) == 0
  }
}
