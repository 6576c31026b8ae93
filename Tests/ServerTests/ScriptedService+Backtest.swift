import Model
import Wire

extension ScriptedService {
  private static var unscripted: StoreError { StoreError(.missing, "there is no such router") }

  func backtest(_ request: BacktestRequest) throws(StoreError) -> Kept<BacktestDocument> {
    throw Self.unscripted
  }
}
