import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

extension Routes {
  /// The routes on runs of models.
  var runs: [Route] {
    [
      Route("createRun", .post, "/v1/runs", .token(.write), handler: createRun),
      Route(
        "estimateRun", .post, "/v1/run-estimates", .token(.read), isReading: true,
        handler: estimateRun),
      Route("getRunJob", .get, "/v1/run-jobs/{id}", .token(.read), handler: getRunJob),
      Route("getRun", .get, "/v1/runs/{ref}", .token(.read), handler: getRun),
      Route("getRunCost", .get, "/v1/runs/{ref}/cost", .token(.read), handler: getRunCost),
      Route("cancelRun", .post, "/v1/runs/{ref}/cancel", .token(.write), handler: cancelRun),
    ]
  }

  @Sendable private func createRun(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    var order = try await backend.document(RunRequest.self, of: request)
    try PushParameters.requireShort(message: order.message ?? "", author: order.author ?? "")
    if order.author?.isEmpty ?? true { order.author = context.caller.name }
    let service = try modelService(context)
    let wanted = order
    let ready = try await onModels(context) { (service) throws(StoreError) in
      try service.ready(wanted)
    }
    let job = try backend.runs.start(ready, service)
    try await backend.record(context, "createRun", on: ready.into.text, result: job.run)
    return json(job, status: .accepted, [.location: "/v1/run-jobs/\(job.id)"])
  }

  @Sendable private func estimateRun(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let order = try await backend.document(RunEstimateRequest.self, of: request)
    return json(
      try await onModels(context) { (service) throws(StoreError) in
        try service.estimateRun(order.document)
      })
  }

  @Sendable private func getRunJob(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let id = try segment("id", context)
    guard let job = backend.runs.job(id), context.caller.sees(job.into) else {
      throw StoreError(
        .missing,
        "there is no such job here; a run that was interrupted is at /v1/runs/, and goes on when it "
          + "is resumed")
    }
    return json(job.document)
  }

  @Sendable private func getRun(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try segment("ref", context)
    return json(
      try await onModels(context) { (service) throws(StoreError) in try service.runStatus(name) })
  }

  @Sendable private func getRunCost(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let prices = try parameters(request, ["prices"]).text("prices") ?? "prices"
    let name = try segment("ref", context)
    return json(
      try await onModels(context) { (service) throws(StoreError) in
        try service.runCost(name, prices: prices)
      })
  }

  @Sendable private func cancelRun(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try segment("ref", context)
    let service = try modelService(context)
    let author = context.caller.name
    let status = try await onModels(context) { (service) throws(StoreError) in
      try service.requireOwnRun(name)
      return try service.runStatus(name)
    }
    // A run that no process executes ends now, with what it has.
    let ended = try await service.cancelRun(name, author: author)
    try await backend.record(context, "cancelRun", on: status.run)
    guard let ended else { return json(status, status: .accepted) }
    return json(ended)
  }
}
