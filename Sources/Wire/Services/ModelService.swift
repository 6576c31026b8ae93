package import Model

/// The calls on models: providers, prices, prompts and runs.
///
/// Calls block until they are answered; any thread may make them.
package protocol ModelService: Sendable {
  /// Saves a set of providers as the next version of a dataset; the latest set again makes none.
  /// - Throws: ``StoreError``: `invalid` with every fault by its JSON Pointer, `denied` for a
  ///   caller who is no administrator.
  func pushProviders(
    _ name: DatasetName, _ document: [UInt8], message: String, author: String
  ) throws(StoreError) -> ProvidersPushDocument

  /// Adds a provider to the latest set of a dataset, in the place of one of the same name, or takes
  /// one out.
  /// - Parameter definition: The provider's JSON; nil to take it and its models out.
  /// - Throws: ``StoreError``: as ``pushProviders(_:_:message:author:)``, and `missing` when there
  ///   is none to take out.
  func changeProvider(
    _ provider: String, to definition: [UInt8]?, in name: DatasetName, message: String,
    author: String
  ) throws(StoreError) -> ProvidersPushDocument

  /// Returns a set of providers.
  /// - Parameter reference: A version; a dataset's name for its live version, else its latest.
  func providers(_ reference: String) throws(StoreError) -> ProviderSetDocument

  /// Merges a public table of prices into a dataset, and saves the result as its next version.
  /// - Parameters:
  ///   - format: The name of the table's shape; nil to recognize it.
  ///   - from: The first moment of the prices of a table without dates; nil for now.
  /// - Throws: ``StoreError`` of kind `invalid` for another file.
  func importPrices(
    into name: DatasetName, _ bytes: [UInt8], format: String?, from: Timestamp?, message: String,
    author: String
  ) throws(StoreError) -> PricesImportDocument

  /// Saves a prompt as the next version of a dataset; the latest one again makes none.
  /// - Parameter source: The text of a template, or a document `prompt/1`.
  /// - Throws: ``StoreError``: `invalid` with every fault by its JSON Pointer, `usage` for a
  ///   dataset of another kind.
  func pushPrompt(
    _ name: DatasetName, _ source: String, system: String?, message: String, author: String
  ) throws(StoreError) -> StoredPromptDocument

  /// Returns a stored prompt.
  func storedPrompt(_ reference: String) throws(StoreError) -> StoredPromptDocument

  /// Returns the latest version of each prompt.
  func prompts() throws(StoreError) -> [StoredPromptDocument]

  /// Returns the state of a run, also while it goes on.
  /// - Parameter text: Its outputs, `triage@4`, or its document, `triage.run@2`.
  func runStatus(_ text: String) throws(StoreError) -> RunReportDocument

  /// Returns the calls that a run would make, and bounds of their costs; nothing is sent or saved.
  func estimateRun(_ document: JSON) throws(StoreError) -> RunEstimateDocument

  /// Returns what a run costs by other prices; no row is changed.
  func runCost(_ text: String, prices: String) throws(StoreError) -> RunCostDocument
}
