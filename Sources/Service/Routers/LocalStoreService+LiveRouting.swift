package import LiveRouting
package import Model
import Routing
import Store
import Wire

extension LocalStoreService: RuleSource {
  package func deployedRouters() throws(StoreError) -> [DatasetName] {
    var routers: [DatasetName] = []
    for dataset in try datasets(limit: nil)
    where dataset.kind == .rules && dataset.problem == nil {
      if try store.deployments(of: dataset.name).isEmpty { continue }
      routers.append(dataset.name)
    }
    return routers
  }

  package func head(of router: DatasetName) throws(StoreError) -> Digest? {
    try store.head(of: router)
  }

  package func liveDeployment(of router: DatasetName) throws(StoreError) -> Deployment? {
    try store.deployments(of: router).first
  }

  package func ruleVersion(_ reference: Reference) throws(StoreError) -> RuleVersion {
    let (version, rules) = try rules(reference)
    return RuleVersion(number: version.number, rules: rules)
  }
}

extension LocalStoreService {
  /// The routers of the store, in memory.
  /// - Parameters:
  ///   - rows: The service that takes recorded decisions; nil to record none.
  ///   - samplePPM: The share of decisions that are recorded, in millionths.
  package func liveRouters(
    recordingTo rows: LocalRowService?, samplePPM: Int = 1_000_000
  ) -> LiveRouters {
    LiveRouters(
      self, unitKey: Array(store.id.utf8), clock: store.clock, recordingTo: rows,
      samplePPM: samplePPM)
  }

  package func evaluate(
    _ name: DatasetName, version: String?, context: [UInt8]
  ) throws(StoreError) -> [UInt8] {
    try LiveRouter(of: name, version: version, from: self).decide(
      context, trusting: true, at: store.clock()
    ).json
  }
}
