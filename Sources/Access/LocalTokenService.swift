import Foundation
package import Model
package import Objects
import Platform
import Synchronization
package import Wire

/// A store's tokens, kept in files of a disk.
///
/// Any thread may call. Tokens that another process makes or revokes count from the next call on.
package final class LocalTokenService: TokenService {
  private struct State {
    var tokens: [AccessToken] = []
    /// Positions of tokens by the first word of their hashes.
    var positions: [UInt64: [Int]] = [:]
    var status: FileStatus?
    var isRead = false
  }

  /// More tokens than this cannot be made.
  package static let maximumCount = 10_000
  private static let defaultURLSeconds = 7 * 86_400
  private static let useIntervalMicroseconds: Int64 = 60_000_000

  private let file: TokenFile
  private let clock: @Sendable () -> Timestamp
  private let state = Mutex(State())

  /// The tokens below the root of `disk`, whose files only their owner may read from now on.
  package init(disk: any Disk, clock: @escaping @Sendable () -> Timestamp) {
    AccessFolder.makePrivate(on: disk)
    file = TokenFile(disk: disk)
    self.clock = clock
  }

  /// The damage of the file of tokens below the root of `disk`; nil when it can be read, or when
  /// only its owner may read it.
  package static func damage(on disk: any Disk) throws(StoreError) -> String? {
    do throws(StoreError) {
      _ = try TokenFile(disk: disk).read()
      return nil
    } catch  where error.kind == .corrupt {
      return error.message
    } catch  where [.denied, .missing, .unavailable].contains(error.kind) {
      return nil
    }
  }

  /// Returns true when any tokens exist, also expired ones: then every request needs one.
  ///
  /// Tokens of data URLs do not count: handing out a URL of one version must not lock a store that
  /// was open.
  /// - Throws: ``StoreError`` of kind `corrupt` when their file is damaged.
  package func isAnyTokenKnown() throws(StoreError) -> Bool {
    try state.withLock { (state) throws(StoreError) -> Bool in
      try look(&state)
      return state.tokens.contains { !$0.isUrl }
    }
  }

  /// The caller that presents a secret; nil when it is unknown, revoked or expired.
  package func caller(
    secret: String, inURL isURL: Bool = false
  ) throws(StoreError) -> Caller? {
    let now = clock()
    let hash = AccessToken.hash(secret)
    let token = try state.withLock { (state) throws(StoreError) -> AccessToken? in
      try look(&state)
      return Self.find(hash, in: state)
    }
    guard let token, !token.isExpired(at: now), !isURL || token.isUrl else { return nil }
    return token.caller
  }

  /// Returns true when a use of a new token is worth being written down.
  package func isUseDue(_ tokenID: String) -> Bool {
    let now = clock()
    return state.withLock { state in
      guard let position = state.tokens.firstIndex(where: { $0.id == tokenID }) else {
        return false
      }
      let last = state.tokens[position].lastUsedAt?.microseconds ?? .min
      guard last <= now.microseconds - Self.useIntervalMicroseconds else { return false }
      // The next requests need not write it down too.
      state.tokens[position].lastUsedAt = now
      return true
    }
  }

  /// Records that a token was used now; a failure is of no consequence, so nothing is waited for.
  package func noteUse(_ tokenID: String) throws(StoreError) {
    let now = clock()
    try change(waits: false) { (tokens) throws(StoreError) in
      for index in tokens.indices where tokens[index].id == tokenID {
        tokens[index].lastUsedAt = now
      }
    }
  }

  package func tokens(limit: Int?) throws(StoreError) -> [TokenDocument] {
    Array(try file.read().map(\.document).prefix(limit ?? .max))
  }

  package func createToken(_ request: TokenRequest) throws(StoreError) -> NewTokenDocument {
    guard !request.name.isEmpty, request.name.utf8.count <= 200 else {
      throw StoreError(.usage, "a token has a name of 1 to 200 bytes")
    }
    if let prefix = request.prefix { _ = try DatasetName(prefix) }
    return try add(
      name: request.name, scope: request.scope, prefix: request.prefix, dataset: nil,
      expiresAt: try expiry(in: request.expiresInSeconds))
  }

  package func createURLToken(_ request: URLTokenRequest) throws(StoreError) -> URLTokenDocument {
    try createURLToken(request, for: .local)
  }

  /// Makes a token for a data URL that lives no longer than the token of its maker.
  package func createURLToken(
    _ request: URLTokenRequest, for caller: Caller
  ) throws(StoreError) -> URLTokenDocument {
    let reference = try Reference(parsing: request.reference)
    guard let format = FileFormat(rawValue: request.format) else {
      throw StoreError(
        .usage,
        "there is no format '\(request.format)'; use one of "
          + FileFormat.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard request.expiresInSeconds ?? 1 <= 31_536_000 else {
      throw StoreError(.usage, "a data URL lives a year at most")
    }
    let dataset = reference.dataset
    let wanted = try expiry(in: request.expiresInSeconds ?? Self.defaultURLSeconds)
    let expiresAt = min(wanted ?? clock(), caller.expiresAt ?? wanted ?? clock())
    let made = try add(
      name: "url of \(reference)", scope: .read, prefix: nil, dataset: dataset,
      expiresAt: expiresAt)
    let text = reference.description
    let selector = text.contains("@") ? String(text.drop { $0 != "@" }.dropFirst()) : "latest"
    return URLTokenDocument(
      id: made.document.id,
      path: "/v1/datasets/\(dataset)/versions/\(selector)/data.\(format.rawValue)?token="
        + made.token,
      token: made.token, expiresAt: expiresAt)
  }

  package func revokeToken(_ id: String) throws(StoreError) {
    try change { (tokens) throws(StoreError) in
      guard let position = tokens.firstIndex(where: { $0.id == id }) else {
        throw StoreError(
          .missing, "there is no token with the id '\(id)'; 'assay token ls' lists the ids")
      }
      tokens.remove(at: position)
    }
  }

  private func expiry(in seconds: Int?) throws(StoreError) -> Timestamp? {
    guard let seconds else { return nil }
    // A hundred years.
    guard seconds > 0, seconds <= 3_153_600_000 else {
      throw StoreError(.usage, "a token expires after 1 second to 100 years")
    }
    return Timestamp(microseconds: clock().microseconds + Int64(seconds) * 1_000_000)
  }

  private func add(
    name: String, scope: TokenScope, prefix: String?, dataset: DatasetName?, expiresAt: Timestamp?
  ) throws(StoreError) -> NewTokenDocument {
    let now = clock()
    let secret = AccessToken.makeSecret()
    let token = AccessToken(
      id: AccessToken.makeID(), hash: AccessToken.hash(secret), name: name, scope: scope,
      prefix: prefix, dataset: dataset, isUrl: dataset != nil, createdAt: now,
      expiresAt: expiresAt, lastUsedAt: nil)
    try change { (tokens) throws(StoreError) in
      // Those of others stay to be seen until they are revoked.
      tokens.removeAll { $0.isUrl && $0.isExpired(at: now) }
      guard tokens.count < Self.maximumCount else {
        throw StoreError(
          .conflict, "there are \(tokens.count) tokens, which is the most; revoke some")
      }
      tokens.append(token)
    }
    return NewTokenDocument(document: token.document, token: secret)
  }

  private func change(
    waits: Bool = true, _ change: (inout [AccessToken]) throws(StoreError) -> Void
  ) throws(StoreError) {
    if waits { try CommitPermission.require() }
    try file.update(waits: waits, change)
    // The change was made: a look that fails is made up for by the next one.
    state.withLock { state in
      do throws(StoreError) { try look(&state) } catch { state.isRead = false }
    }
  }

  /// Reads the file again when it was changed, which costs a look at its status.
  private func look(_ state: inout State) throws(StoreError) {
    let status = try file.status()
    guard !state.isRead || status != state.status else { return }
    state.tokens = try file.read()
    state.positions = Dictionary(
      grouping: state.tokens.indices, by: { state.tokens[$0].hash.word0 })
    state.status = status
    state.isRead = true
  }

  private static func find(_ hash: Digest, in state: State) -> AccessToken? {
    state.positions[hash.word0]?.lazy.map { state.tokens[$0] }.first {
      $0.hash.equalsInConstantTime(hash)
    }
  }
}
