import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

extension Routes {
  /// Ratings: tasks handed out, events taken, reports made.
  var ratings: [Route] {
    [
      Route("addRatings", .post, "/v1/ratings/{name}", .token(.write), handler: addRatings),
      Route("getNextRating", .get, "/v1/ratings/{name}/next", .token(.read), handler: nextRating),
      Route(
        "getRatingMedia", .get, "/v1/ratings/{name}/media/{address}", .token(.read),
        takesURLToken: true, handler: ratingMedia),
      Route(
        "getRatingReport", .get, "/v1/ratings/{name}/report", .token(.read), handler: ratingReport),
    ]
  }

  @Sendable private func addRatings(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let dataset = try dataset(context)
    let key = try PushParameters.idempotencyKey(request.headers)
    let batch = try await backend.document(RatingBatch.self, of: request)
    try requireAccess(to: batch.subject, context)
    let receipt = try await backend.onWorkerPool(context, .writing) {
      (service) throws(StoreError) in
      try service.addRatings(to: dataset, batch, idempotencyKey: key)
    }
    if receipt.isNew {
      try await backend.record(
        context, "addRatings", on: dataset.text, result: receipt.version.reference)
    }
    return json(receipt, status: receipt.isNew ? .created : .ok)
  }

  @Sendable private func nextRating(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(
      request,
      [
        "ref", "against", "by", "item", "arms", "rater", "kind", "seed", "columns", "rubric",
        "scorer", "scorer_version", "after",
      ])
    let dataset = try dataset(context)
    guard let reference = try parameters.text("ref"), let rater = try parameters.text("rater")
    else {
      throw StoreError(
        .usage, "the parameters 'ref', a version like outputs@3, and 'rater' are needed")
    }
    let subject = RatingSubject(
      ref: reference, against: try parameters.text("against"), by: try parameters.text("by"),
      item: try parameters.text("item"), arms: try parameters.names("arms"))
    try requireAccess(to: subject, context)
    var order = RatingTaskRequest(subject: subject, rater: rater)
    if let kind = try parameters.text("kind") { order.kind = kind }
    if let seed = try parameters.number("seed", in: 0...Int.max) { order.seed = seed }
    order.columns = try parameters.names("columns")
    if let rubric = try parameters.text("rubric") { order.rubric = rubric }
    if let scorer = try parameters.text("scorer") { order.scorer = scorer }
    if let version = try parameters.text("scorer_version") { order.scorerVersion = version }
    order.after = try parameters.text("after")
    let wanted = order
    return json(
      try await backend.onWorkerPool(context, .reading) { (service) throws(StoreError) in
        try service.nextRating(in: dataset, wanted)
      })
  }

  /// The media of a task, which must not reveal the arm: no tag, no digest, no name, nothing that a
  /// cache may keep.
  @Sendable private func ratingMedia(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request, ["token"])
    let dataset = try dataset(context)
    let address = try segment("address", context)
    let media = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.ratingMedia(in: dataset, address)
    }
    let service = backend.service(context.caller)
    let bytes = SpooledBytes(count: media.size) { (count, offset) throws(StoreError) in
      let piece = try service.ratingMedia(in: dataset, address, at: offset, count: count)
      guard piece.count == count else {
        throw StoreError(.corrupt, "what the task shows became shorter; run 'assay verify'")
      }
      return ByteBuffer(bytes: piece)
    }
    return try backend.respond(
      to: request, with: bytes,
      [
        .contentType: media.mediaType, .cacheControl: "private, no-store",
        .contentDisposition: FileDisposition.text(name: "", mediaType: media.mediaType),
      ], nil)
  }

  @Sendable private func ratingReport(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(
      request, ["version", "anchor", "resamples", "seed", "across_scorers"])
    let dataset = try dataset(context)
    let reference = try Reference(
      dataset: dataset, parsing: try parameters.text("version") ?? "latest")
    var order = RatingReportRequest()
    order.anchor = try parameters.text("anchor")
    if let count = try parameters.number("resamples", in: 100...10_000) { order.resamples = count }
    if let seed = try parameters.number("seed", in: 0...Int.max) { order.seed = UInt64(seed) }
    order.acrossScorers = try parameters.flag("across_scorers", default: false)
    let wanted = order
    return json(
      try await backend.onWorkerPool(context, .analysis) { (service) throws(StoreError) in
        try service.ratingReport(of: reference, wanted)
      })
  }

  /// Throws unless the caller may see the outputs that are rated.
  private func requireAccess(
    to subject: RatingSubject?, _ context: ServerContext
  ) throws(StoreError) {
    for case let text? in [subject?.ref, subject?.against] {
      try context.caller.requireAccess(to: try Reference(parsing: text).dataset)
    }
  }
}
