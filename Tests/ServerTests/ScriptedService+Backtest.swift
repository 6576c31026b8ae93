import Model
import Wire

extension ScriptedService {
  private static var unscripted: StoreError { StoreError(.missing, "there is no such router") }

  func backtest(_ request: BacktestRequest) throws(StoreError) -> Saved<BacktestDocument> {
    try checkCancellation()
    throw Self.unscripted
  }

  func suggest(_ request: SuggestionRequest) throws(StoreError) -> Saved<SuggestionDocument> {
    try checkCancellation()
    throw Self.unscripted
  }

  func experiment(_ request: ExperimentRequest) throws(StoreError) -> ExperimentDocument {
    try checkCancellation()
    throw Self.unscripted
  }
}
