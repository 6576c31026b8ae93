import Logging
import Model
import LiveRouting
import ServiceLifecycle

/// Keeps live rules in memory up to date with what other processes deploy, and has decisions
/// written that were recorded.
struct RouterKeeper: ServiceLifecycle.Service {
  let backend: Backend
  let logger: Logger

  /// The time between two looks: recorded decisions wait so long, and so do others' deployments.
  private static let pause = Duration.milliseconds(50)

  func run() async throws {
    guard let routers = backend.routers else { return }
    await attempt("routers cannot be read") { () throws(StoreError) in try routers.loadAll() }
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: Self.pause)
        await attempt("routers cannot be read") { () throws(StoreError) in try routers.refresh() }
        await attempt("decisions are not recorded") { () throws(StoreError) in
          for failure in routers.flush() {
            logger.error("decisions of \(failure.route) are lost: \(failure.error.message)")
          }
        }
      }
    }
  }

  private func attempt(
    _ what: String, _ body: @escaping @Sendable () throws(StoreError) -> Void
  ) async {
    do throws(StoreError) {
      try await backend.appends.run(isCancellable: false, body)
    } catch {
      logger.error("\(what): \(error.message)")
    }
  }
}
