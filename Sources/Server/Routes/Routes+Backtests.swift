import HTTPTypes
import Hummingbird
import Model
import Service
import Wire

extension Routes {
  /// Rules tried on measurements, drafted from them, and live experiments.
  var backtests: [Route] {
    [
      Route(
        "backtest", .post, "/v1/routers/{name}/backtests", .token(.read), handler: backtest),
      Route(
        "suggest", .post, "/v1/routers/{name}/suggestions", .token(.read), handler: suggest),
      Route(
        "getExperiment", .get, "/v1/routers/{name}/experiment", .token(.read),
        handler: getExperiment),
    ]
  }

  @Sendable private func backtest(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try dataset(context)
    var order = try await backend.document(BacktestRequest.self, of: request)
    guard try seen(order.rules, context).dataset == name else {
      throw StoreError(.usage, "'\(order.rules)' is not a version of \(name)")
    }
    let texts = [order.on, order.active, order.outcomes].compactMap { $0 }
    for text in texts + scoreReferences(order.scores) { _ = try seen(text, context) }
    order.save = try order.save.map { try allowed($0, context) }
    let wanted = order
    let answer = try await backend.onWorkerPool(context, .analysis) {
      (service) throws(StoreError) in
      try service.backtest(wanted)
    }
    return try await kept(answer, "backtest", context)
  }

  @Sendable private func suggest(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try dataset(context)
    var order = try await backend.document(SuggestionRequest.self, of: request)
    guard order.name == name.text else {
      throw StoreError(.usage, "'\(order.name)' is not the router \(name)")
    }
    let texts = [order.on, order.from, order.holdout].compactMap { $0 }
    for text in texts + scoreReferences(order.scores) { _ = try seen(text, context) }
    order.save = try order.save.map { try allowed($0, context) }
    let wanted = order
    let answer = try await backend.onWorkerPool(context, .analysis) {
      (service) throws(StoreError) in
      try service.suggest(wanted)
    }
    return try await kept(answer, "suggest", context)
  }

  @Sendable private func getExperiment(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let parameters = try parameters(
      request,
      [
        "version", "rule", "control", "guardrail", "planned", "confidence", "role", "missing",
        "decisions", "outcomes",
      ])
    var order = ExperimentRequest(name: try dataset(context).text)
    order.version = try parameters.text("version")
    order.rule = try parameters.text("rule")
    order.control = try parameters.text("control")
    let guardrails = parameters.texts("guardrail")
    order.guardrails = guardrails.isEmpty ? nil : guardrails
    order.planned = try parameters.number("planned", in: 1...1_000_000_000) ?? order.planned
    if let text = try parameters.text("confidence") {
      guard let confidence = Double(text) else {
        throw StoreError(.usage, "the parameter 'confidence' is a number, such as 0.95")
      }
      order.confidence = confidence
    }
    order.roles = try MetricRoles(parsing: parameters.texts("role"))
    order.missing = try parameters.choice(
      "missing", of: ComparisonOptions.Missing.self)
    order.decisions = try parameters.text("decisions")
    order.outcomes = try parameters.text("outcomes")
    for text in [order.decisions, order.outcomes].compactMap({ $0 }) { _ = try seen(text, context) }
    let wanted = order
    return json(
      try await backend.onWorkerPool(context, .analysis) { (service) throws(StoreError) in
        try service.experiment(wanted)
      })
  }

  /// Answers with a document and, where it was kept, by which version.
  private func kept<Document: Codable & Sendable & Hashable>(
    _ answer: Saved<Document>, _ operation: String, _ context: ServerContext
  ) async throws -> Response {
    guard let saved = answer.saved else { return json(answer) }
    try await backend.record(
      context, operation, on: String(saved.prefix { $0 != "@" }), result: saved)
    let version = saved.replacing("@", with: "/versions/")
    return json(answer, status: .created, [.location: "/v1/datasets/\(version)"])
  }
}
