import Model
import Synchronization
import Wire

extension ScriptedService {
  private static var unscripted: StoreError { StoreError(.missing, "there is no such document") }

  func compare(
    _ request: ComparisonRequest, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> Saved<ComparisonDocument> {
    try checkCancellation()
    throw Self.unscripted
  }

  func comparison(_ reference: Reference) throws(StoreError) -> Saved<ComparisonDocument> {
    throw Self.unscripted
  }

  func verifyComparison(
    _ reference: Reference, onProgress: @escaping @Sendable (Double) -> Void
  ) throws(StoreError) -> RecomputationDocument {
    try checkCancellation()
    throw Self.unscripted
  }

  func createGate(_ request: GateRequest) throws(StoreError) -> Saved<GateDocument> {
    try checkCancellation()
    throw Self.unscripted
  }

  func gate(_ reference: Reference) throws(StoreError) -> Saved<GateDocument> {
    throw Self.unscripted
  }
}
