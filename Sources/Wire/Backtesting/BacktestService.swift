package import Model

/// What a door asks of a store about rules that are tried on measurements, drafted from them, or
/// live.
package protocol BacktestService: Sendable {
  /// Tries a version of a rule set on stored rows, and keeps the report where the request says so.
  /// - Throws: ``StoreError``: `usage` for rows that cannot be what the rules decide about,
  ///   `missing` for a version that is not there.
  func backtest(_ request: BacktestRequest) throws(StoreError) -> Kept<BacktestDocument>
}
