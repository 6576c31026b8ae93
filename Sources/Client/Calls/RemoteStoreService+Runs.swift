package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  /// The first pause between two looks at a run, and the longest.
  private static var firstLook: Duration { .milliseconds(50) }
  private static var longestLook: Duration { .seconds(1) }

  private static func run(_ name: String, _ below: String...) -> Resource {
    Resource(["v1", "runs", name] + below)
  }

  /// Begins a run, which the server executes with its own keys.
  /// - Throws: ``StoreError``: `conflict` while a run into the same dataset goes on, and as a run
  ///   in a folder that cannot begin.
  package func startRun(_ request: RunRequest) throws(StoreError) -> RunJobDocument {
    try document(
      RunJobDocument.self,
      HTTPRequest(.post, Resource("v1", "runs"), json: Documents.encode(request)).changing())
  }

  /// Waits for the end of a run that was begun, and returns its outcome.
  ///
  /// A run that the server does not execute any more, because it was started again, is reported
  /// as the store has it.
  /// - Throws: ``StoreError`` that ended the run.
  package func follow(
    _ job: RunJobDocument, progress: (RunProgressDocument) -> Void
  ) throws(StoreError) -> RunReportDocument {
    var job = job
    var pause = Self.firstLook
    while true {
      switch job.state {
      case .running:
        if let step = job.progress { progress(step) }
        self.pause(pause)
        pause = min(pause * 2, Self.longestLook)
        do throws(StoreError) {
          job = try document(
            RunJobDocument.self, HTTPRequest(.get, Resource("v1", "run-jobs", job.id)))
        } catch {
          guard error.kind == .missing else { throw error }
          return try runStatus(job.run)
        }
      case .done:
        guard let report = job.report else { return try runStatus(job.run) }
        return report
      case .failed:
        guard let problem = job.problem else { return try runStatus(job.run) }
        throw StoreError(problem)
      }
    }
  }

  package func runStatus(_ text: String) throws(StoreError) -> RunReportDocument {
    try document(RunReportDocument.self, HTTPRequest(.get, Self.run(text)))
  }

  package func estimateRun(_ document: JSON) throws(StoreError) -> RunEstimateDocument {
    let body = Documents.encode(RunEstimateRequest(document: document))
    return try self.document(
      RunEstimateDocument.self, HTTPRequest(.post, Resource("v1", "run-estimates"), json: body))
  }

  package func runCost(_ text: String, prices: String) throws(StoreError) -> RunCostDocument {
    var resource = Self.run(text, "cost")
    resource.add("prices", prices)
    return try document(RunCostDocument.self, HTTPRequest(.get, resource))
  }

  /// Asks the server to end a run.
  /// - Returns: Its outcome, or its state where calls are under way.
  package func cancelRun(_ text: String) throws(StoreError) -> RunReportDocument {
    try document(
      RunReportDocument.self, HTTPRequest(.post, Self.run(text, "cancel")).changing())
  }
}
