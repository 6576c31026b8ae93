import Foundation
import Model
import Platform
import Synchronization
import Wire

/// Tasks that take longer than a request, and how the last ones ended.
///
/// Any thread may call. They are forgotten when the server ends, since they change nothing.
final class Jobs: Sendable {
  /// More that have ended than this are not remembered.
  private static let remembered = 100

  private struct State {
    var jobs: [String: JobDocument] = [:]
    /// In the order in which they began.
    var order: [String] = []
  }

  private let state = Mutex(State())

  /// Begins a check of a store on a thread of its own; there is one at a time.
  /// - Throws: ``StoreError`` of kind `conflict` while another runs.
  func verify(
    _ service: any DatasetService, heads: [DatasetName: Digest], values: Bool
  ) throws(StoreError) -> JobDocument {
    let job = JobDocument(id: Self.makeID(), task: .verify)
    try state.withLock { (state) throws(StoreError) in
      guard !state.jobs.values.contains(where: { $0.state == .running }) else {
        throw StoreError(
          .conflict, "a check is under way already; ask again when it has ended")
      }
      state.jobs[job.id] = job
      state.order.append(job.id)
      while state.order.count > Self.remembered { state.jobs[state.order.removeFirst()] = nil }
    }
    Thread.detachNewThread { [self] in
      do throws(StoreError) {
        let result = try service.verify(heads: heads, values: values) { progress in
          self.change(job.id) { $0.progress = progress }
        }
        change(job.id) {
          $0.result = result
          $0.state = .done
        }
      } catch {
        change(job.id) {
          $0.problem = HTTPProblem(error).document
          $0.state = .failed
        }
      }
    }
    return job
  }

  /// A job; nil for an unknown id.
  func job(_ id: String) -> JobDocument? { state.withLock { $0.jobs[id] } }

  private func change(_ id: String, _ change: (inout JobDocument) -> Void) {
    state.withLock { state in
      if var job = state.jobs[id] {
        change(&job)
        state.jobs[id] = job
      }
    }
  }

  private static func makeID() -> String { SystemRandom.hex(16) }
}
