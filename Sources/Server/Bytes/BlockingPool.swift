import Model
import NIOPosix
import Platform

/// Threads on which calls may block, so that event loops never do.
///
/// A call runs as part of the task that made it, so `Task.isCancelled` is true in it once the
/// request was cancelled, and ``CancellationFlag`` is set for all threads that work on it.
final class BlockingPool: TaskExecutor {
  private let pool: NIOThreadPool

  /// As many threads as calls may run at once; others wait.
  init(threads: Int) {
    pool = NIOThreadPool(numberOfThreads: threads)
    pool.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = unsafe asUnownedTaskExecutor()
    pool.submit { _ in unsafe job.runSynchronously(on: executor) }
  }

  /// Runs a blocking call.
  ///
  /// One that is not cancellable, since no client waits for it or it has to be done, runs to its
  /// end whatever becomes of its task.
  func run<Value: Sendable>(
    isCancellable: Bool = true, _ body: @Sendable () throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let flag = CancellationFlag()
    let result = await withTaskCancellationHandler {
      await withTaskExecutorPreference(self) { () async -> Result<Value, StoreError> in
        Self.result(flag, body)
      }
    } onCancel: {
      if isCancellable { flag.set() }
    }
    return try result.get()
  }

  /// The result of a call that ends when a flag is set.
  private static func result<Value: Sendable>(
    _ flag: CancellationFlag, _ body: @Sendable () throws(StoreError) -> Value
  ) -> Result<Value, StoreError> {
    CancellationFlag.$current.withValue(flag) {
      do throws(StoreError) {
        // It may have waited longer than its client.
        try CancellationFlag.check()
        return .success(try body())
      } catch {
        return .failure(error)
      }
    }
  }

  /// Ends the threads once what they were given is done.
  func shutDown() async throws { try await pool.shutdownGracefully() }
}
