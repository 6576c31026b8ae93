import Model
import Wire

/// It scores nothing; the scores of a real store are tested in `StoreServiceContract`.
extension ScriptedService {
  func score(_ request: ScoreRequest) throws(StoreError) -> ScoresDocument {
    try checkCancellation()
    throw StoreError(.usage, "this service scores nothing")
  }
}
