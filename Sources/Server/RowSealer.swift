import Logging
import Model
import Service
import ServiceLifecycle

/// Makes versions of the rows that have waited long enough, a second apart.
struct RowSealer: ServiceLifecycle.Service {
  let backend: Backend
  let logger: Logger

  func run() async throws {
    do throws(StoreError) {
      try await backend.heavy.run { [rows = backend.rows] () throws(StoreError) in try rows?.open()
      }
    } catch {
      // Whoever sends rows is told; everything else works.
      logger.warning("rows are not taken here: \(error.message)")
    }
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        await seal()
      }
    }
  }

  private func seal() async {
    do throws(StoreError) {
      let failures = try await backend.heavy.run { [rows = backend.rows] () throws(StoreError) in
        rows?.sealDue() ?? []
      }
      for failure in failures {
        logger.error("the rows of \(failure.dataset) wait: \(failure.error.message)")
      }
    } catch {
      logger.error("rows wait: \(error.message)")
    }
  }
}
