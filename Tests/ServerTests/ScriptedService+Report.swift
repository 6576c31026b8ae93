import Model
import Wire

extension ScriptedService {
  func report(_ request: ReportRequest) throws(StoreError) -> Saved<ReportDocument> {
    try checkCancellation()
    throw StoreError(.missing, "there is no such version")
  }

  func report(_ reference: Reference) throws(StoreError) -> Saved<ReportDocument> {
    throw StoreError(.missing, "there is no such report")
  }

  func verifyReport(_ reference: Reference) throws(StoreError) -> RecomputationDocument {
    throw StoreError(.missing, "there is no such report")
  }
}
