import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Wire

extension Routes {
  /// The route on scores of stored outputs.
  var scores: [Route] {
    [Route("createScores", .post, "/v1/scores", .token(.write), handler: createScores)]
  }

  @Sendable private func createScores(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    var order = try await backend.document(ScoreRequest.self, of: request)
    let source = try seen(order.reference, context)
    if let inputs = order.inputs { _ = try seen(inputs, context) }
    let save = try allowed(
      SaveRequest(
        name: order.into ?? source.dataset.text + ".scores", message: order.message,
        author: order.author), context)
    (order.into, order.author) = (save.name, save.author)
    let (wanted, backend) = (order, backend)
    let scores = try await backend.onWorkerPool(context, .scoring) {
      (service) throws(StoreError) in
      try service.score(wanted)
    }
    if scores.isNew {
      try await backend.record(
        context, "createScores", on: save.name, result: scores.version.reference)
    }
    return json(scores, status: scores.isNew ? .created : .ok)
  }
}
