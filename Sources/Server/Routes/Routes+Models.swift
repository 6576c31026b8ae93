import Access
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Service
import Wire

extension Routes {
  /// A public table of prices is not larger.
  private static let tableBytes = 32 << 20

  /// The routes on providers, prices and prompts.
  var models: [Route] {
    [
      Route(
        "changeProviders", .post, "/v1/providers", .token(.admin), handler: changeProviders),
      Route("getProviders", .get, "/v1/providers/{ref}", .token(.read), handler: getProviders),
      Route("testProvider", .post, "/v1/provider-tests", .token(.write), handler: testProvider),
      Route("importPrices", .post, "/v1/prices/{name}", .token(.write), handler: importPrices),
      Route("createPrompt", .post, "/v1/prompts", .token(.write), handler: createPrompt),
      Route("getPrompt", .get, "/v1/prompts/{ref}", .token(.read), handler: getPrompt),
    ]
  }

  /// The calls on models as a caller may make them.
  /// - Throws: ``StoreError`` of kind `denied` where none are made.
  func modelService(_ context: ServerContext) throws(StoreError) -> LocalStoreService {
    guard let models = backend.models else {
      throw StoreError(.denied, "this server calls no models")
    }
    return models(context.caller)
  }

  /// Runs a blocking call on models, until its client goes.
  func onModels<Value: Sendable>(
    _ context: ServerContext,
    _ body: @escaping @Sendable (LocalStoreService) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let service = try modelService(context)
    return try await backend.onWorkerPool(context, .models) { _ throws(StoreError) in
      try body(service)
    }
  }

  @Sendable private func changeProviders(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let order = try await backend.document(ProvidersRequest.self, of: request)
    // What reads the server's keys and starts its programs is no matter of some datasets.
    guard context.caller.seesEverything else {
      throw StoreError(.denied, "this token is limited to some datasets; this needs all of them")
    }
    let save = try allowed(
      SaveRequest(
        name: order.dataset ?? "providers", message: order.message, author: order.author), context)
    let (name, message, author) = (save.name, save.message ?? "", save.author ?? "")
    let pushed = try await onModels(context) { (service) throws(StoreError) in
      let dataset = try DatasetName(name)
      switch (order.document, order.provider) {
      case (let document?, nil):
        return try service.pushProviders(
          dataset, document.compactBytes, message: message, author: author)
      case (nil, let provider?):
        return try service.changeProvider(
          provider, to: order.definition?.compactBytes, in: dataset, message: message,
          author: author)
      default:
        throw StoreError(
          .usage, "give the whole set as 'document', or a 'provider' with its 'definition'")
      }
    }
    if pushed.isNew {
      try await backend.record(
        context, "changeProviders", on: name, result: pushed.version.reference)
    }
    return json(pushed, status: pushed.isNew ? .created : .ok)
  }

  @Sendable private func getProviders(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let reference = try segment("ref", context)
    return json(
      try await onModels(context) { (service) throws(StoreError) in
        try service.providers(reference)
      })
  }

  @Sendable private func testProvider(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let order = try await backend.document(ProviderTestRequest.self, of: request)
    let service = try modelService(context)
    let result = await backend.calls.untilGone(context) {
      () -> Result<ProviderTestDocument, StoreError> in
      do throws(StoreError) {
        return .success(try await service.testProvider(order))
      } catch {
        return .failure(error)
      }
    }
    let answer = try result.get()
    try await backend.record(
      context, "testProvider", on: answer.providers, result: "one call of \(answer.target)")
    return json(answer)
  }

  @Sendable private func importPrices(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["format", "from", "message", "author"])
    let format = try parameters.text("format")
    var from: Timestamp?
    if let text = try parameters.text("from") {
      guard let time = Timestamp(parsing: text) else {
        throw StoreError(.usage, "from is a time, such as 2026-10-01T12:00:00Z")
      }
      from = time
    }
    let save = try allowed(
      SaveRequest(
        name: try segment("name", context), message: try parameters.text("message"),
        author: try parameters.text("author")), context)
    let body = try await backend.receive(request, limit: Self.tableBytes)
    let start = from
    let imported = try await onModels(context) { (service) throws(StoreError) in
      let next = body.pieces()
      var bytes: [UInt8] = []
      while true {
        let piece = try next()
        guard !piece.isEmpty else { break }
        bytes += piece
      }
      return try service.importPrices(
        into: try DatasetName(save.name), bytes, format: format, from: start,
        message: save.message ?? "", author: save.author ?? "")
    }
    if imported.isNew {
      try await backend.record(
        context, "importPrices", on: save.name, result: imported.version.reference)
    }
    return json(imported, status: imported.isNew ? .created : .ok)
  }

  @Sendable private func createPrompt(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let order = try await backend.document(PromptRequest.self, of: request)
    let save = try allowed(
      SaveRequest(name: order.name, message: order.message, author: order.author), context)
    let pushed = try await onModels(context) { (service) throws(StoreError) in
      try service.pushPrompt(
        try DatasetName(save.name), order.source, system: order.system,
        message: save.message ?? "", author: save.author ?? "")
    }
    if pushed.isNew {
      try await backend.record(
        context, "createPrompt", on: save.name, result: pushed.version.reference)
    }
    return json(pushed, status: pushed.isNew ? .created : .ok)
  }

  @Sendable private func getPrompt(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let reference = try segment("ref", context)
    return json(
      try await onModels(context) { (service) throws(StoreError) in
        try service.storedPrompt(reference)
      })
  }
}
