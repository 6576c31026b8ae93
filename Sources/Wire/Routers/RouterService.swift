package import Model

/// What doors ask of a store about routing rules: datasets of kind `rules`, and what of them is
/// live.
package protocol RouterService: Sendable {
  /// Checks a rule document and saves it as the next version; the same document again is the
  /// version that it was. With `isDryRun` nothing is saved.
  /// - Throws: ``StoreError``: `invalid` with every fault by its JSON Pointer, `conflict` when the
  ///   document names another parent than the latest version.
  func pushRules(
    _ name: DatasetName, _ document: [UInt8], _ request: RulesPushRequest
  ) throws(StoreError) -> RulesPushDocument

  /// A rule set, and whether it is live.
  func ruleSet(_ reference: Reference) throws(StoreError) -> RuleSetDocument

  /// What is live now.
  func router(_ name: DatasetName) throws(StoreError) -> RouterDocument

  /// The deployments of a router, newest first.
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

  /// What differs between two versions; with `request.rows`, also which of those rows would be
  /// decided otherwise.
  func compareRules(
    _ old: Reference, _ new: Reference, _ request: RuleDiffRequest
  ) throws(StoreError) -> RuleDiffDocument

  /// Decides one request, as JSON; see docs/routing.md for its members. Nothing is recorded.
  /// - Parameter version: The version that decides, the part of a reference after the `@`; nil for
  ///   what is live.
  func evaluate(
    _ name: DatasetName, version: String?, context: [UInt8]
  ) throws(StoreError) -> [UInt8]
}
