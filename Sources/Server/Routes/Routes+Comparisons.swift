import Access
import HTTPTypes
import Hummingbird
import Model
import Service
import Wire

extension Routes {
  /// The routes on comparisons and gates.
  var comparisons: [Route] {
    [
      Route("compare", .post, "/v1/comparisons", .token(.read), handler: compare),
      Route(
        "getComparison", .get, "/v1/comparisons/{ref}", .token(.read), handler: getComparison),
      Route(
        "verifyComparison", .post, "/v1/comparisons/{ref}/verify", .token(.read),
        handler: verifyComparison),
      Route("createGate", .post, "/v1/gates", .token(.write), handler: createGate),
      Route("getGate", .get, "/v1/gates/{ref}", .token(.read), handler: getGate),
    ]
  }

  /// The version that one segment of the path names with its dataset, `name@3`.
  func wholeReference(_ context: ServerContext) throws(StoreError) -> Reference {
    try seen(try segment("ref", context), context)
  }

  /// A reference in a body, if the caller may see its dataset.
  func seen(_ text: String, _ context: ServerContext) throws(StoreError) -> Reference {
    let reference = try Reference(parsing: text)
    try context.caller.requireAccess(to: reference.dataset)
    return reference
  }

  /// The references among the scores that a request names.
  func scoreReferences(_ scores: [String]?) -> [String] {
    (scores ?? []).filter { !$0.hasBytes(of: ScoresDocument.none) }
  }

  /// The order to save a document, if the caller may: as the caller, where it names no author.
  func allowed(
    _ save: SaveRequest, _ context: ServerContext
  ) throws(StoreError) -> SaveRequest {
    try context.caller.require(.write)
    guard !backend.options.isReadOnly else {
      throw StoreError(.denied, "this server is read-only")
    }
    try context.caller.requireReach(of: try DatasetName(save.name))
    try PushParameters.requireShort(message: save.message ?? "", author: save.author ?? "")
    var save = save
    if save.author?.isEmpty ?? true { save.author = context.caller.name }
    return save
  }

  @Sendable private func compare(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    var order = try await backend.document(ComparisonRequest.self, of: request)
    var texts = [order.reference, order.registered].compactMap { $0 }
    texts += scoreReferences(order.scores)
    if order.by == nil { texts += order.candidates + [order.base].compactMap { $0 } }
    for text in texts { _ = try seen(text, context) }
    order.save = try order.save.map { try allowed($0, context) }
    let (wanted, backend) = (order, backend)
    let answer = try await backend.onWorkerPool(context, .analysis) {
      (service) throws(StoreError) in
      try service.compare(wanted)
    }
    guard let saved = answer.saved else { return json(answer) }
    try await backend.record(
      context, "compare", on: String(saved.prefix { $0 != "@" }), result: saved)
    return json(answer, status: .created, [.location: "/v1/comparisons/\(saved)"])
  }

  @Sendable private func getComparison(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let reference = try wholeReference(context)
    return json(
      try await backend.onShortPool(context) { (service) throws(StoreError) in
        try service.comparison(reference)
      })
  }

  @Sendable private func verifyComparison(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let reference = try wholeReference(context)
    let kept = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.comparison(reference)
    }
    for source in kept.document.sources { _ = try seen(source.reference, context) }
    if let gate = kept.document.request.registered { _ = try seen(gate, context) }
    let backend = backend
    let answer = try await backend.onWorkerPool(context, .analysis) {
      (service) throws(StoreError) in
      try service.verifyComparison(reference)
    }
    return json(answer)
  }

  @Sendable private func createGate(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    var order = try await backend.document(GateRequest.self, of: request)
    for text in [order.reference] + scoreReferences(order.scores) { _ = try seen(text, context) }
    order.save = try allowed(order.save, context)
    let wanted = order
    let answer = try await backend.onWorkerPool(context, .analysis) {
      (service) throws(StoreError) in
      try service.createGate(wanted)
    }
    let saved = answer.saved ?? order.save.name
    try await backend.record(context, "createGate", on: order.save.name, result: saved)
    return json(answer, status: .created, [.location: "/v1/gates/\(saved)"])
  }

  @Sendable private func getGate(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let reference = try wholeReference(context)
    return json(
      try await backend.onShortPool(context) { (service) throws(StoreError) in
        try service.gate(reference)
      })
  }
}
