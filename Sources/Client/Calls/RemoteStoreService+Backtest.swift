package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func backtest(
    _ request: BacktestRequest
  ) throws(StoreError) -> Saved<BacktestDocument> {
    let name = try Reference(parsing: request.rules).dataset.text
    return try document(
      Saved<BacktestDocument>.self,
      HTTPRequest(
        .post, Resource("v1", "routers", name, "backtests"), json: Documents.encode(request)))
  }

  package func suggest(
    _ request: SuggestionRequest
  ) throws(StoreError) -> Saved<SuggestionDocument> {
    try document(
      Saved<SuggestionDocument>.self,
      HTTPRequest(
        .post, Resource("v1", "routers", request.name, "suggestions"),
        json: Documents.encode(request)))
  }

  package func experiment(
    _ request: ExperimentRequest
  ) throws(StoreError) -> ExperimentDocument {
    var resource = Resource("v1", "routers", request.name, "experiment")
    resource.add("version", request.version)
    resource.add("rule", request.rule)
    resource.add("control", request.control)
    for guardrail in request.guardrails ?? [] { resource.add("guardrail", guardrail) }
    resource.add("planned", String(request.planned))
    resource.add("confidence", "\(request.confidence)")
    for role in MetricRoles.Role.allCases {
      resource.add("role", request.roles[role].map { "\(role.rawValue)=\($0)" })
    }
    resource.add("missing", request.missing?.rawValue)
    resource.add("decisions", request.decisions)
    resource.add("outcomes", request.outcomes)
    return try document(ExperimentDocument.self, HTTPRequest(.get, resource))
  }
}
