package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  /// The first pause between two looks at a task, and the longest.
  private static var firstLook: Duration { .milliseconds(50) }
  private static var longestLook: Duration { .seconds(2) }

  package func verify(
    heads: [DatasetName: Digest], values: Bool, progress: (Progress) -> Void
  ) throws(StoreError) -> VerifyDocument {
    let heads = Dictionary(
      uniqueKeysWithValues: heads.map { ($0.key.text, $0.value.description) })
    let body = Documents.encode(VerifyRequest(heads: heads, values: values ? true : nil))
    var job = try document(
      JobDocument.self, HTTPRequest(.post, Resource("v1", "verify"), json: body))
    var pause = Self.firstLook
    while true {
      switch job.state {
      case .running:
        if let step = job.progress { progress(step) }
        self.pause(pause)
        pause = min(pause * 2, Self.longestLook)
        job = try document(JobDocument.self, HTTPRequest(.get, Resource("v1", "jobs", job.id)))
      case .done:
        guard let result = job.result else { throw Self.emptyJob }
        return result
      case .failed:
        guard let problem = job.problem else { throw Self.emptyJob }
        throw StoreError(problem)
      }
    }
  }

  private static var emptyJob: StoreError {
    StoreError(.unavailable, "the server does not say how the check ended: look at its log")
  }

  package func collectGarbage(
    apply: Bool, graceSeconds: Int
  ) throws(StoreError) -> GarbageDocument {
    // A user who chose a short time has already confirmed it.
    let isShort = graceSeconds < GarbageRequest.leastGraceSeconds
    let body = Documents.encode(
      GarbageRequest(apply: apply, graceSeconds: graceSeconds, force: isShort ? true : nil))
    return try document(
      GarbageDocument.self, HTTPRequest(.post, Resource("v1", "gc"), json: body))
  }

  package func reindex(acceptsLoss: Bool) throws(StoreError) -> ReindexDocument {
    var resource = Resource("v1", "reindex")
    if acceptsLoss { resource.add("accept_loss", "true") }
    return try document(ReindexDocument.self, HTTPRequest(.post, resource))
  }

  package func statistics(
    of datasets: [DatasetName]?, progress: (Progress) -> Void
  ) throws(StoreError) -> StatisticsDocument {
    var resource = Resource("v1", "stats")
    for dataset in datasets ?? [] { resource.add("dataset", dataset.text) }
    return try document(StatisticsDocument.self, HTTPRequest(.get, resource))
  }
}
