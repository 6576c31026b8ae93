import Model
import Wire

/// Routers are tested over a real store.
extension ScriptedService {
  private var none: StoreError { StoreError(.missing, "there are no routers here") }

  func pushRules(
    _ name: DatasetName, _ document: [UInt8], _ request: RulesPushRequest
  ) throws(StoreError) -> RulesPushDocument { throw none }

  func ruleSet(_ reference: Reference) throws(StoreError) -> RuleSetDocument { throw none }

  func router(_ name: DatasetName) throws(StoreError) -> RouterDocument { throw none }

  func deployments(
    of name: DatasetName, limit: Int?
  ) throws(StoreError) -> [DeploymentDocument] { throw none }

  func deploy(
    _ name: DatasetName, _ request: DeployRequest
  ) throws(StoreError) -> DeploymentDocument { throw none }

  func rollback(
    _ name: DatasetName, _ request: RollbackRequest
  ) throws(StoreError) -> DeploymentDocument { throw none }

  func compareRules(
    _ old: Reference, _ new: Reference, _ request: RuleDiffRequest
  ) throws(StoreError) -> RuleDiffDocument {
    try checkCancellation()
    throw none
  }

  func evaluate(
    _ name: DatasetName, version: String?, context: [UInt8]
  ) throws(StoreError) -> [UInt8] { throw none }
}
