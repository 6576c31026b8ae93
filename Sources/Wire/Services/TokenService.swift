package import Model

/// The calls on the access tokens of a store, local or remote.
///
/// Calls block until they are answered; any thread may make them.
package protocol TokenService: Sendable {
  /// The tokens in the order in which they were made.
  func tokens(limit: Int?) throws(StoreError) -> [TokenDocument]

  /// Makes a token; its secret is returned only this once.
  func createToken(_ request: TokenRequest) throws(StoreError) -> NewTokenDocument

  /// Makes a token for a data URL.
  func createURLToken(_ request: URLTokenRequest) throws(StoreError) -> URLTokenDocument

  /// Revokes the token with that id.
  /// - Throws: ``StoreError`` of kind `missing` when there is none.
  func revokeToken(_ id: String) throws(StoreError)
}
