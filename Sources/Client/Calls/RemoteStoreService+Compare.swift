package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func compare(
    _ request: ComparisonRequest, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> Saved<ComparisonDocument> {
    try document(
      Saved<ComparisonDocument>.self,
      HTTPRequest(.post, Resource("v1", "comparisons"), json: Documents.encode(request)))
  }

  package func comparison(_ reference: Reference) throws(StoreError) -> Saved<ComparisonDocument> {
    let resource = Resource("v1", "comparisons", reference.description)
    return try document(Saved<ComparisonDocument>.self, HTTPRequest(.get, resource))
  }

  package func verifyComparison(
    _ reference: Reference, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> RecomputationDocument {
    let resource = Resource("v1", "comparisons", reference.description, "verify")
    return try document(RecomputationDocument.self, HTTPRequest(.post, resource))
  }

  package func createGate(_ request: GateRequest) throws(StoreError) -> Saved<GateDocument> {
    try document(
      Saved<GateDocument>.self,
      HTTPRequest(.post, Resource("v1", "gates"), json: Documents.encode(request)).changing())
  }

  package func gate(_ reference: Reference) throws(StoreError) -> Saved<GateDocument> {
    let resource = Resource("v1", "gates", reference.description)
    return try document(Saved<GateDocument>.self, HTTPRequest(.get, resource))
  }
}
