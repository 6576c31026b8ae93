import Catalog
package import Model

extension Store {
  /// The state that an earlier query kept in the index under `plan`; nil without one.
  package func aggregate(_ plan: Digest) throws(StoreError) -> [UInt8]? {
    try keeper.repairing { () throws(StoreError) in try index.aggregate(plan) }
  }

  /// Stores a query's aggregates in the index, where another process finds them.
  ///
  /// It may be gone at any time: it is what an answer is made of sooner, never what it depends on.
  package func keepAggregate(_ content: [UInt8], for plan: Digest) throws(StoreError) {
    try keeper.repairing { () throws(StoreError) in try index.keepAggregate(content, for: plan) }
  }
}
