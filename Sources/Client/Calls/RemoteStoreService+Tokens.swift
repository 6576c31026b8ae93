package import Model
import Outbound
package import Wire

extension RemoteStoreService: TokenService {
  package func tokens(limit: Int?) throws(StoreError) -> [TokenDocument] {
    try list(TokenDocument.self, Resource("v1", "tokens"), limit: limit)
  }

  package func createToken(_ request: TokenRequest) throws(StoreError) -> NewTokenDocument {
    let body = Documents.encode(request)
    return try document(
      NewTokenDocument.self, HTTPRequest(.post, Resource("v1", "tokens"), json: body).changing())
  }

  package func createURLToken(
    _ request: URLTokenRequest
  ) throws(StoreError) -> URLTokenDocument {
    let body = Documents.encode(request)
    return try document(
      URLTokenDocument.self,
      HTTPRequest(.post, Resource("v1", "tokens", "url"), json: body).changing())
  }

  package func revokeToken(_ id: String) throws(StoreError) {
    let answer = try answer(to: HTTPRequest(.delete, Resource("v1", "tokens", id)))
    // It is gone: an attempt before this one revoked it, and its answer was lost.
    if answer.head.status == 404, answer.followsInterruption { return }
    try require(answer)
  }
}
