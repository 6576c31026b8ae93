package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func score(_ request: ScoreRequest) throws(StoreError) -> ScoresDocument {
    try document(
      ScoresDocument.self,
      HTTPRequest(.post, Resource("v1", "scores"), json: Documents.encode(request)))
  }
}
