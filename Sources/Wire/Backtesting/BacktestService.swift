package import Model

/// The calls on backtests of rules, drafts of rules, and live experiments.
package protocol BacktestService: Sendable {
  /// Tries a version of a rule set on stored rows, and saves the report where the request says so.
  /// - Throws: ``StoreError``: `usage` for rows that rules cannot decide about, `missing` for a
  ///   version that does not exist.
  func backtest(_ request: BacktestRequest) throws(StoreError) -> Saved<BacktestDocument>

  /// Drafts rules from measurements, and saves the evidence where the request says so.
  /// - Throws: ``StoreError``: `usage` for rows or an objective from which no rules follow.
  func suggest(_ request: SuggestionRequest) throws(StoreError) -> Saved<SuggestionDocument>

  /// Reports the results of a live split so far.
  /// - Throws: ``StoreError``: `missing` when nothing is live or decided, `usage` when no rule
  ///   splits.
  func experiment(_ request: ExperimentRequest) throws(StoreError) -> ExperimentDocument
}
