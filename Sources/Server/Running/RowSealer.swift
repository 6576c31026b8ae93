import Logging
import Model
import Service
import ServiceLifecycle

/// Makes versions of the rows that have waited long enough, a second apart.
struct RowSealer: ServiceLifecycle.Service {
  let backend: Backend
  let logger: Logger

  func run() async throws {
    var refusal: StoreError?
    do throws(StoreError) {
      try await backend.pool(.writing).run(isCancellable: false) {
        [rows = backend.rows] () throws(StoreError) in
        try rows?.open()
      }
    } catch {
      refusal = error
    }
    await cancelWhenGracefulShutdown { [refusal] in
      var refusal = refusal
      // The last error logged of each dataset: rows may wait for a person to act.
      var reported: [DatasetName: String] = [:]
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        // The sender of rows gets the error; everything else works. A server that cannot even
        // listen has ended by now, for a reason of its own.
        if let error = refusal, !Task.isCancelled {
          logger.warning("this server takes no rows: \(error.message)")
          refusal = nil
        }
        await seal(&reported)
      }
    }
  }

  private func seal(_ reported: inout [DatasetName: String]) async {
    do throws(StoreError) {
      let failures = try await backend.pool(.writing).run(isCancellable: false) {
        [rows = backend.rows] () throws(StoreError) in
        rows?.sealDue() ?? []
      }
      let earlier = reported
      reported = Dictionary(
        failures.map { ($0.dataset, $0.error.message) }, uniquingKeysWith: { first, _ in first })
      for failure in failures where earlier[failure.dataset] != failure.error.message {
        logger.error("the rows of \(failure.dataset) wait: \(failure.error.message)")
      }
    } catch {
      logger.error("rows wait: \(error.message)")
    }
  }
}
