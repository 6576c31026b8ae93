import HTTPTypes
import Hummingbird
import Model
import Service
import Wire

extension Routes {
  private static let trendParameters: Set = [
    "metric", "stat", "by", "where", "repeat", "versions", "scores",
  ]

  /// The routes on the history of a dataset over its versions.
  var history: [Route] {
    [
      Route("getTrend", .get, "/v1/datasets/{name}/trend", .token(.read), handler: getTrend),
      Route(
        "getBisection", .get, "/v1/datasets/{name}/bisect", .token(.read), handler: getBisection),
      Route("getHistory", .get, "/v1/datasets/{name}/history", .token(.read), handler: getHistory),
    ]
  }

  @Sendable private func getTrend(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let dataset = try dataset(context)
    let order = try trend(try parameters(request, Self.trendParameters), context)
    let backend = backend
    let document = try await backend.onWorkerPool(
      context, order.condition == nil ? .analysis : .sql
    ) {
      (service) throws(StoreError) in
      try service.trend(of: dataset, order)
    }
    return json(document, [.cacheControl: "no-cache"])
  }

  @Sendable private func getBisection(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let dataset = try dataset(context)
    let parameters = try parameters(
      request, Self.trendParameters.union(["good", "bad", "threshold", "items"]))
    var bisection = BisectRequest(try trend(parameters, context))
    bisection.good = try parameters.text("good")
    bisection.bad = try parameters.text("bad")
    if let text = try parameters.text("threshold") {
      guard let threshold = Double(text), threshold.isFinite else {
        throw StoreError(.usage, "the parameter 'threshold' is a number")
      }
      bisection.threshold = threshold
    }
    bisection.itemLimit = try parameters.number("items", in: 0...1000) ?? 10
    let (order, backend) = (bisection, backend)
    let document = try await backend.onWorkerPool(
      context, order.trend.condition == nil ? .analysis : .sql
    ) {
      (service) throws(StoreError) in
      try service.bisect(dataset, order)
    }
    return json(document, [.cacheControl: "no-cache"])
  }

  @Sendable private func getHistory(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    let dataset = try dataset(context)
    let parameters = try parameters(request, ["key", "select", "versions", "format"])
    var history = HistoryRequest(
      key: parameters.texts("key"),
      format: try parameters.choice("format", of: HistoryRequest.Format.self) ?? .json)
    history.columns = try parameters.names("select")
    history.versions = try parameters.text("versions") ?? "*"
    let (order, backend) = (history, backend)
    let (bytes, changes) = try await backend.spooled(context, .analysis) {
      (service, write) throws(StoreError) in
      try service.history(of: dataset, order, write: write)
    }
    var headers: HTTPFields = [.cacheControl: "no-cache", .contentType: order.format.mediaType]
    headers[.assayChanges] = String(changes)
    headers[.contentLength] = String(bytes.count)
    return Response(
      status: .ok, headers: headers, body: backend.body(bytes, 0..<bytes.count))
  }

  private func trend(
    _ parameters: QueryParameters, _ context: ServerContext
  ) throws(StoreError) -> TrendRequest {
    var trend = TrendRequest(metric: try parameters.text("metric"))
    trend.statistic = try parameters.choice("stat", of: TrendRequest.Statistic.self)
    trend.group = try parameters.text("by")
    trend.condition = try parameters.text("where")
    trend.repeats = try parameters.text("repeat")
    trend.versions = try parameters.text("versions") ?? "*"
    let scores = parameters.texts("scores")
    trend.scores = scores.isEmpty ? nil : scores
    for text in scoreReferences(trend.scores) { _ = try seen(text, context) }
    guard (trend.condition ?? "").unicodeScalars.count <= 16_384 else {
      throw StoreError(.usage, "where has at most 16384 characters")
    }
    return trend
  }
}

extension HistoryRequest.Format {
  /// The media type in HTTP.
  fileprivate var mediaType: String {
    switch self {
    case .text: "text/plain; charset=utf-8"
    case .jsonl: "application/x-ndjson"
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8"
    }
  }
}
