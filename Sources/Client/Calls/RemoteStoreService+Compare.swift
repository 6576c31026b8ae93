package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func compare(
    _ request: ComparisonRequest, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> Kept<ComparisonDocument> {
    try document(
      Kept<ComparisonDocument>.self,
      HTTPRequest(.post, Resource("v1", "comparisons"), json: Documents.encode(request)))
  }

  package func comparison(_ reference: Reference) throws(StoreError) -> Kept<ComparisonDocument> {
    let resource = Resource("v1", "comparisons", reference.description)
    return try document(Kept<ComparisonDocument>.self, HTTPRequest(.get, resource))
  }

  package func verifyComparison(
    _ reference: Reference, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> RecomputationDocument {
    let resource = Resource("v1", "comparisons", reference.description, "verify")
    return try document(RecomputationDocument.self, HTTPRequest(.post, resource))
  }

  package func createGate(_ request: GateRequest) throws(StoreError) -> Kept<GateDocument> {
    try document(
      Kept<GateDocument>.self,
      HTTPRequest(.post, Resource("v1", "gates"), json: Documents.encode(request)).changing())
  }

  package func gate(_ reference: Reference) throws(StoreError) -> Kept<GateDocument> {
    let resource = Resource("v1", "gates", reference.description)
    return try document(Kept<GateDocument>.self, HTTPRequest(.get, resource))
  }
}
