package import Model

/// What a door asks of a store about rules that are tried on measurements, drafted from them, or
/// live.
package protocol BacktestService: Sendable {
  /// Tries a version of a rule set on stored rows, and keeps the report where the request says so.
  /// - Throws: ``StoreError``: `usage` for rows that cannot be what the rules decide about,
  ///   `missing` for a version that is not there.
  func backtest(_ request: BacktestRequest) throws(StoreError) -> Kept<BacktestDocument>

  /// Drafts rules from measurements, and keeps the evidence where the request says so.
  /// - Throws: ``StoreError``: `usage` for rows or an objective that make no rules.
  func suggest(_ request: SuggestionRequest) throws(StoreError) -> Kept<SuggestionDocument>

  /// How a live split is going.
  /// - Throws: ``StoreError``: `missing` where nothing is live or decided, `usage` where nothing is
  ///   split.
  func experiment(_ request: ExperimentRequest) throws(StoreError) -> ExperimentDocument
}
