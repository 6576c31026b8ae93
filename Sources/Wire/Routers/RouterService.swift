package import Model

/// The calls on routing rules (datasets of kind `rules`) and on their deployments.
package protocol RouterService: Sendable {
  /// Checks a rule document and saves it as the next version; the document of an existing version
  /// returns that version. With `isDryRun` nothing is saved.
  /// - Throws: ``StoreError``: `invalid` with every fault by its JSON Pointer, `conflict` when the
  ///   document names another parent than the latest version.
  func pushRules(
    _ name: DatasetName, _ document: [UInt8], _ request: RulesPushRequest
  ) throws(StoreError) -> RulesPushDocument

  /// Returns the rule set of a version, live or not.
  func ruleSet(_ reference: Reference) throws(StoreError) -> RuleSetDocument

  /// Returns the live deployment and the latest version.
  func router(_ name: DatasetName) throws(StoreError) -> RouterDocument

  /// Returns the deployments of a router, newest first.
  func deployments(
    of name: DatasetName, limit: Int?
  ) throws(StoreError) -> [DeploymentDocument]

  /// Makes a version live.
  /// - Throws: ``StoreError`` of kind `conflict` when another version is live than expected, which
  ///   says who deployed it and when, or when the version's gates are not met.
  func deploy(
    _ name: DatasetName, _ request: DeployRequest
  ) throws(StoreError) -> DeploymentDocument

  /// Makes an earlier version live again.
  func rollback(
    _ name: DatasetName, _ request: RollbackRequest
  ) throws(StoreError) -> DeploymentDocument

  /// Compares two versions; with `request.rows`, also finds the rows that they decide differently.
  func compareRules(
    _ old: Reference, _ new: Reference, _ request: RuleDiffRequest
  ) throws(StoreError) -> RuleDiffDocument

  /// Decides one request, as JSON; docs/routing.md lists its members. Nothing is recorded.
  /// - Parameter version: The version that decides, the part of a reference after the `@`; nil for
  ///   the live one.
  func evaluate(
    _ name: DatasetName, version: String?, context: [UInt8]
  ) throws(StoreError) -> [UInt8]
}
