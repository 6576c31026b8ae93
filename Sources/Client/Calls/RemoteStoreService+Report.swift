package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func report(_ request: ReportRequest) throws(StoreError) -> Saved<ReportDocument> {
    try document(
      Saved<ReportDocument>.self,
      HTTPRequest(.post, Resource("v1", "reports"), json: Documents.encode(request)))
  }

  package func report(_ reference: Reference) throws(StoreError) -> Saved<ReportDocument> {
    let resource = Resource("v1", "reports", reference.description)
    return try document(Saved<ReportDocument>.self, HTTPRequest(.get, resource))
  }

  package func verifyReport(_ reference: Reference) throws(StoreError) -> RecomputationDocument {
    let resource = Resource("v1", "reports", reference.description, "verify")
    return try document(RecomputationDocument.self, HTTPRequest(.post, resource))
  }
}
