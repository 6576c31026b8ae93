import Access
import HTTPTypes
import Hummingbird
import Model
import Service
import Wire

extension Routes {
  /// The routes of tasks on the store as a whole.
  var storeTasks: [Route] {
    [
      Route("verify", .post, "/v1/verify", .token(.admin), isReading: true, handler: verify),
      Route("getJob", .get, "/v1/jobs/{id}", .token(.admin), isReading: true, handler: getJob),
      Route("collectGarbage", .post, "/v1/gc", .token(.admin), handler: collectGarbage),
      Route("reindex", .post, "/v1/reindex", .token(.admin), handler: reindex),
      Route("getStatistics", .get, "/v1/stats", .token(.read), handler: getStatistics),
    ]
  }

  /// Goes on for callers who see all of the store.
  private func requireWholeStore(_ context: ServerContext) throws(StoreError) {
    guard context.caller.seesEverything else {
      throw StoreError(.denied, "this token is limited to some datasets; this needs all of them")
    }
  }

  @Sendable private func verify(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    try requireWholeStore(context)
    let order = try await backend.document(
      VerifyRequest.self, of: request, or: VerifyRequest())
    var heads: [DatasetName: Digest] = [:]
    for (name, text) in order.heads ?? [:] {
      guard let digest = Digest(parsing: text) else {
        throw StoreError(.usage, "'\(text.prefix(80))' is not a digest: sha256: and 64 digits")
      }
      heads[try DatasetName(name)] = digest
    }
    let job = try backend.jobs.verify(
      backend.service(context.caller), heads: heads, values: order.values ?? false)
    return json(job, status: .accepted, [.location: "/v1/jobs/\(job.id)"])
  }

  @Sendable private func getJob(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    try requireWholeStore(context)
    let id = try segment("id", context)
    guard let job = backend.jobs.job(id) else {
      throw StoreError(.missing, "there is no such job; jobs are forgotten after a while")
    }
    return json(job)
  }

  @Sendable private func collectGarbage(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    try requireWholeStore(context)
    let order = try await backend.document(
      GarbageRequest.self, of: request, or: GarbageRequest())
    let grace = order.graceSeconds ?? 86_400
    guard (0...999_999_999).contains(grace) else {
      throw StoreError(.usage, "graceSeconds is a number of seconds, 0 to 999999999")
    }
    guard grace >= GarbageRequest.leastGraceSeconds || order.force == true else {
      throw StoreError(
        .usage,
        "graceSeconds below \(GarbageRequest.leastGraceSeconds) may remove what a save under way has "
          + "written; when no client is saving, add \"force\": true")
    }
    let document = try await backend.onWorkerPool(context, .writing) {
      (service) throws(StoreError) in
      try service.collectGarbage(apply: order.apply ?? false, graceSeconds: grace)
    }
    if document.isApplied {
      try await backend.record(
        context, "collectGarbage", on: "store", result: "\(document.files.count) files removed")
    }
    return json(document)
  }

  @Sendable private func reindex(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let acceptsLoss = try parameters(request, ["accept_loss"]).flag("accept_loss", default: false)
    try requireWholeStore(context)
    let document = try await backend.onWorkerPool(context, .writing) {
      (service) throws(StoreError) in
      try service.reindex(acceptsLoss: acceptsLoss)
    }
    try await backend.record(context, "reindex", on: "store")
    return json(document)
  }

  @Sendable private func getStatistics(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["dataset"])
    var names: [DatasetName] = []
    for text in parameters.texts("dataset") { names.append(try DatasetName(text)) }
    guard names.count <= 1000 else {
      throw StoreError(.usage, "dataset is given at most 1000 times")
    }
    for name in names { try context.caller.requireAccess(to: name) }
    let wanted = names
    let caller = context.caller
    let document = try await backend.onWorkerPool(context, .reading) {
      (service) throws(StoreError) in
      var datasets: [DatasetName]? = wanted.isEmpty ? nil : wanted
      if datasets == nil, !caller.seesEverything {
        datasets = try service.datasets(limit: nil).map(\.name).filter(caller.sees)
      }
      return try service.statistics(of: datasets, progress: { _ in })
    }
    return json(document)
  }
}
