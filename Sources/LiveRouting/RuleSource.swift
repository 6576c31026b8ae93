package import Model
package import Routing

/// A place of routing rules: the versions of routers' rule sets, and the deployments that make them
/// live.
///
/// Any thread may call. Calls may read a disk, so no decision makes one.
package protocol RuleSource: Sendable {
  /// The routers that have a deployment, in the order of their names.
  func deployedRouters() throws(StoreError) -> [DatasetName]

  /// The newest record of a router's log: another one after each change. Cheap to call often.
  /// - Returns: nil when there is no such router.
  func head(of router: DatasetName) throws(StoreError) -> Digest?

  /// The deployment that is live; nil when the router has none.
  /// - Throws: ``StoreError`` of kind `missing` when there is no such router.
  func liveDeployment(of router: DatasetName) throws(StoreError) -> Deployment?

  /// A version of a router's rules.
  /// - Throws: ``StoreError``: `missing` when there is no such version, `usage` when it is not a
  ///   valid rule set.
  func ruleVersion(_ reference: Reference) throws(StoreError) -> RuleVersion
}

/// A version of a rule set, ready to decide.
package struct RuleVersion: Sendable {
  package let number: Int
  package let rules: CompiledRules

  /// The rules of version `number`.
  package init(number: Int, rules: CompiledRules) {
    self.number = number
    self.rules = rules
  }
}
