import Access
import Contract
import HTTPTypes
import Hummingbird
import LiveRouting
import Model
import NIOCore
import Service
import Wire

extension Routes {
  /// The server itself: whether it is well, what it did, what it promises.
  var server: [Route] {
    [
      Route("getHealth", .get, "/healthz", .open) { _, _ in text("ok\n") },
      Route("getReadiness", .get, "/readyz", .open, handler: getReadiness),
      Route("getMetrics", .get, "/metrics", .token(.read), handler: getMetrics),
      Route("getContract", .get, "/openapi.yaml", .open) { _, _ in
        Response(
          status: .ok, headers: [.contentType: "application/yaml", .cacheControl: "no-cache"],
          body: .init(byteBuffer: Self.openAPI))
      },
      Route("getRulesSchema", .get, "/route.rules.json", .open) { _, _ in
        Response(
          status: .ok,
          headers: [.contentType: "application/schema+json", .cacheControl: "no-cache"],
          body: .init(byteBuffer: Self.routeRules))
      },
    ]
  }

  /// Documents that all answers share.
  private static let openAPI = ByteBuffer(bytes: Contract.openAPI)
  private static let routeRules = ByteBuffer(bytes: Contract.routeRules)

  @Sendable private func getReadiness(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    do throws(StoreError) {
      _ = try await backend.onShortPool(context) { (service) throws(StoreError) in
        try service.datasets(limit: 1)
      }
      return text("ready\n")
    } catch {
      throw HTTPProblem(
        .serviceUnavailable, .unavailable, "the store cannot be read; 'assay verify' says more")
    }
  }

  @Sendable private func getMetrics(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    guard context.caller.seesEverything else {
      throw StoreError(.denied, "this token is limited to some datasets; this needs all of them")
    }
    let datasets = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.datasets(limit: nil)
    }
    let renderings = backend.renderings
    let recording = backend.routers?.recording
    let gauges = [
      ("assay_datasets", "Datasets in the store.", datasets.count),
      ("assay_versions", "Versions in the store.", datasets.reduce(0) { $0 + $1.versions }),
      ("assay_rows", "Rows of the latest versions.", datasets.reduce(0) { $0 + $1.rows }),
      (
        "assay_cache_file_bytes", "Bytes of renderings kept on the disk.",
        await renderings.fileBytes
      ),
      (
        "assay_cache_memory_bytes", "Bytes of renderings kept in memory.",
        await renderings.memoryBytes
      ),
      ("assay_decisions_recorded", "Decisions on disk.", recording?.recorded ?? 0),
      ("assay_decisions_waiting", "Decisions on their way to disk.", recording?.waiting ?? 0),
      ("assay_decisions_dropped", "Decisions that were lost.", recording?.dropped ?? 0),
      (
        "assay_decisions_unsampled", "Decisions that were left out on purpose.",
        recording?.unsampled ?? 0
      ),
    ]
    return text(
      backend.metrics.text(gauges: gauges.map { (name: $0.0, help: $0.1, value: $0.2) }),
      type: "text/plain; version=0.0.4; charset=utf-8")
  }

  private func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
    Response(
      status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
