import Access
import HTTPTypes
import Hummingbird
import LiveRouting
import Model
import Service
import Wire

extension Routes {
  /// Routing rules: saved, compared, deployed.
  var routers: [Route] {
    let path = "/v1/routers/{name}"
    return [
      Route("getRouter", .get, path, .token(.read), handler: getRouter),
      Route("createRules", .post, path + "/versions", .token(.write), handler: createRules),
      Route("getRules", .get, path + "/versions/{ref}", .token(.read), handler: getRules),
      Route("getRulesDiff", .get, path + "/diff/{a}/{b}", .token(.read), handler: getRulesDiff),
      Route(
        "listDeployments", .get, path + "/deployments", .token(.read), handler: listDeployments),
      Route("deploy", .post, path + "/deployments", .token(.write), handler: deploy),
      Route("rollBack", .post, path + "/rollback", .token(.write), handler: rollBack),
    ]
  }

  /// The most bytes of a rule document.
  private static let rulesBytes = 4 << 20

  @Sendable private func getRouter(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try dataset(context)
    var document = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.router(name)
    }
    document.recording = backend.routers?.recording(of: name)
    return json(document)
  }

  @Sendable private func createRules(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["message", "author", "expect", "dry_run"])
    let name = try ownDataset(context)
    var push = RulesPushRequest()
    push.message = try parameters.text("message") ?? ""
    push.author = try parameters.text("author") ?? context.caller.name
    try PushParameters.requireShort(message: push.message, author: push.author)
    push.expect = try parameters.number("expect", in: 0...999_999_999)
    push.isDryRun = try parameters.flag("dry_run", default: false)
    let order = push
    let body = try await backend.receive(request, limit: Self.rulesBytes)
    let bytes = body.memory.map { Array(buffer: $0) } ?? []
    let pushed = try await backend.onWorkerPool(context, .writing) { (service) throws(StoreError) in
      try service.pushRules(name, bytes, order)
    }
    var headers: HTTPFields = [:]
    let isSaved = pushed.isNew && !order.isDryRun
    if let version = pushed.version {
      headers[.location] = "/v1/routers/\(name)/versions/\(version.number)"
      if isSaved {
        try await backend.record(
          context, "createRules", on: name.text, result: version.reference)
      }
    }
    return json(pushed, status: isSaved ? .created : .ok, headers)
  }

  @Sendable private func getRules(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let reference = try reference(context)
    let document = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.ruleSet(reference)
    }
    return json(document)
  }

  @Sendable private func getRulesDiff(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["rows", "limit"])
    let (old, new) = (try reference(context, "a"), try reference(context, "b"))
    var diff = RuleDiffRequest()
    if let text = try parameters.text("rows") {
      let rows = try Reference(parsing: text)
      try context.caller.requireAccess(to: rows.dataset)
      diff.rows = rows
    }
    diff.limit = try parameters.number("limit", in: 0...10_000) ?? diff.limit
    let order = diff
    let document = try await backend.onWorkerPool(context, .analysis) {
      (service) throws(StoreError) in
      try service.compareRules(old, new, order)
    }
    return json(document)
  }

  @Sendable private func listDeployments(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(request, ["limit", "cursor"])
    let limit = try pageLimit(parameters)
    let before = try parameters.text("cursor").map { (text) throws(StoreError) in
      try PageCursor(parsing: text, list: "deployments", count: 2).number(1)
    }
    let name = try dataset(context)
    let all = try await backend.onShortPool(context) { (service) throws(StoreError) in
      try service.deployments(of: name, limit: nil)
    }
    let rest = all.filter { $0.sequence < before ?? .max }
    let items = Array(rest.prefix(limit))
    let next =
      rest.count > limit ? items.last.map { PageCursor("deployments", "\($0.sequence)") } : nil
    return json(Page(items: items, next: next?.text))
  }

  @Sendable private func deploy(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try dataset(context)
    var order = try await backend.document(DeployRequest.self, of: request)
    order.author = order.author ?? context.caller.name
    try PushParameters.requireShort(
      message: (order.message ?? "") + (order.override ?? ""), author: order.author ?? "")
    if let report = try order.backtest.map({ (text) throws(StoreError) in
      try Reference(parsing: text)
    }) {
      try context.caller.requireAccess(to: report.dataset)
    }
    let wanted = order
    return try await deployed(name, context, "deploy") { (service) throws(StoreError) in
      try service.deploy(name, wanted)
    }
  }

  @Sendable private func rollBack(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try dataset(context)
    var order = try await backend.document(
      RollbackRequest.self, of: request, or: RollbackRequest())
    order.author = order.author ?? context.caller.name
    try PushParameters.requireShort(message: order.message ?? "", author: order.author ?? "")
    let wanted = order
    return try await deployed(name, context, "rollBack") { (service) throws(StoreError) in
      try service.rollback(name, wanted)
    }
  }

  /// Answers with a deployment once it decides the next request on this server.
  private func deployed(
    _ name: DatasetName, _ context: ServerContext, _ operation: String,
    _ body: @escaping @Sendable (any StoreService) throws(StoreError) -> DeploymentDocument
  ) async throws -> Response {
    let routers = backend.routers
    let deployment = try await backend.onShortPool(context) { (service) throws(StoreError) in
      let deployment = try body(service)
      try routers?.load(name)
      return deployment
    }
    try await backend.record(
      context, operation, on: name.text, result: deployment.reference)
    return json(deployment, status: .created)
  }
}
