import Model
import Platform
import Service
import Synchronization
import Wire

/// The runs of models that the server executes, and how the last ones ended.
///
/// Any thread may call. A run whose server ends is in its journal, and can be resumed.
final class RunJobs: Sendable {
  /// Runs at the same time; each has threads of its own for its requests.
  private static let limit = 8
  /// More that have ended than this are not remembered.
  private static let remembered = 100

  private struct Job {
    var document: RunJobDocument
    let into: DatasetName
    /// Nil when it has ended.
    var run: ReadyRun?
    /// Nil for a moment at its beginning.
    var task: Task<Void, Never>?
  }

  private struct State {
    var jobs: [String: Job] = [:]
    /// In the order in which they began.
    var order: [String] = []
    var isEnding = false

    var running: Int { jobs.values.count { $0.document.state == .running } }

    /// Forgets the oldest runs that have ended.
    mutating func forget(beyond count: Int) {
      var place = 0
      while order.count > count, place < order.count {
        if jobs[order[place]]?.document.state == .running {
          place += 1
        } else {
          jobs[order.remove(at: place)] = nil
        }
      }
    }
  }

  private let state = Mutex(State())
  /// For the work between calls, so that it holds up nothing but other runs.
  private let pool = BlockingPool(threads: 2)

  /// Begins to execute a run.
  /// - Throws: ``StoreError`` of kind `unavailable` when too many go on, or the server ends.
  func start(
    _ run: ReadyRun, _ service: LocalStoreService
  ) throws(StoreError) -> RunJobDocument {
    let document = RunJobDocument(id: SystemRandom.hex(16), run: run.reference)
    try state.withLock { (state) throws(StoreError) in
      guard !state.isEnding, state.running < Self.limit else {
        throw StoreError(
          .unavailable,
          state.isEnding
            ? "the server is shutting down; ask again when it is back"
            : "\(Self.limit) runs go on here, as many as may; ask again when one has ended")
      }
      state.jobs[document.id] = Job(document: document, into: run.into, run: run)
      state.order.append(document.id)
      state.forget(beyond: Self.remembered)
    }
    // Detached, since it outlives its request.
    let task = Task.detached(executorPreference: pool) { [self] in
      await execute(run, document.id, service)
    }
    state.withLock { $0.jobs[document.id]?.task = task }
    return document
  }

  private func execute(
    _ run: ReadyRun, _ id: String, _ service: LocalStoreService
  ) async {
    do throws(StoreError) {
      let report = try await service.run(
        run, repeatsUnknown: { _, _ in run.repeatsUnknown }
      ) { progress in
        self.change(id) { $0.progress = progress }
      }
      change(id) {
        $0.report = report
        $0.state = .done
      }
    } catch {
      change(id) {
        $0.problem = HTTPProblem(error).document
        $0.state = .failed
      }
    }
  }

  private func change(_ id: String, _ change: (inout RunJobDocument) -> Void) {
    state.withLock { state in
      guard var job = state.jobs[id] else { return }
      change(&job.document)
      // Its plan may be large.
      if job.document.state != .running { (job.run, job.task) = (nil, nil) }
      state.jobs[id] = job
    }
  }

  /// A run that was begun, and the dataset of its outputs; nil for an unknown id.
  func job(_ id: String) -> (document: RunJobDocument, into: DatasetName)? {
    state.withLock { $0.jobs[id].map { ($0.document, $0.into) } }
  }

  /// Begins no more runs, and asks those that go on to send no more calls.
  func stop() {
    let runs = state.withLock { state in
      state.isEnding = true
      return state.jobs.values.compactMap(\.run)
    }
    for run in runs { run.stop() }
  }

  /// Cancels the calls under way.
  func cancel() {
    for task in state.withLock({ $0.jobs.values.compactMap(\.task) }) { task.cancel() }
  }

  /// Waits for all runs to end, and ends the threads.
  func shutDown() async throws {
    for task in state.withLock({ $0.jobs.values.compactMap(\.task) }) { await task.value }
    try await pool.shutDown()
  }
}
