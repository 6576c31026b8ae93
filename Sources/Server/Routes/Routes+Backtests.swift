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
        "backtest", .post, "/v1/routers/{name}/backtests", .token(.read), handler: backtest)
    ]
  }

  @Sendable private func backtest(
    _ request: Request, _ context: ServerContext
  ) async throws -> Response {
    _ = try parameters(request)
    let name = try dataset(context)
    var order = try await backend.document(BacktestRequest.self, of: request)
    guard try seen(order.rules, context).dataset == name else {
      throw StoreError(.usage, "'\(order.rules)' is no version of \(name)")
    }
    for text in [order.on, order.active, order.outcomes].compactMap({ $0 }) {
      _ = try seen(text, context)
    }
    if var save = order.save {
      try allow(&save, context)
      order.save = save
    }
    let wanted = order
    let answer = try await backend.heavily(context) { (service) throws(StoreError) in
      try service.backtest(wanted)
    }
    guard let saved = answer.saved else { return json(answer) }
    try await backend.record(
      context, "backtest", on: String(saved.prefix { $0 != "@" }), result: saved)
    let version = saved.replacing("@", with: "/versions/")
    return json(answer, status: .created, [.location: "/v1/datasets/\(version)"])
  }
}
