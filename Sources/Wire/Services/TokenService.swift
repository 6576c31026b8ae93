package import Model

/// Who may use a store over REST: what is asked of the store's tokens, here or elsewhere.
///
/// Calls block until they are answered; any thread may make them.
package protocol TokenService: Sendable {
  /// The tokens in the order in which they were made.
  func tokens(limit: Int?) throws(StoreError) -> [TokenDocument]

  /// Makes a token; its secret is told this once.
  func createToken(_ request: TokenRequest) throws(StoreError) -> NewTokenDocument

  /// Makes a token for a data URL.
  func createURLToken(_ request: URLTokenRequest) throws(StoreError) -> URLTokenDocument

  /// Makes the token with that id worth nothing.
  /// - Throws: ``StoreError`` of kind `missing` when there is none.
  func revokeToken(_ id: String) throws(StoreError)
}
