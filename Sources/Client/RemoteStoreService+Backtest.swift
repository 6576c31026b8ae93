package import Model
package import Wire

extension RemoteStoreService {
  package func backtest(
    _ request: BacktestRequest
  ) throws(StoreError) -> Kept<BacktestDocument> {
    let name = try Reference(parsing: request.rules).dataset.text
    return try document(
      Kept<BacktestDocument>.self,
      HTTPRequest(
        .post, Resource("v1", "routers", name, "backtests"), json: Documents.encode(request)))
  }
}
