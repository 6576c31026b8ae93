import Model
import Wire

extension ScriptedService {
  func trend(
    of dataset: DatasetName, _ request: TrendRequest
  ) throws(StoreError) -> TrendDocument {
    try checkCancellation()
    _ = try versions(of: dataset, limit: nil)
    return TrendDocument(
      dataset: dataset, request: request, statistic: .mean, level: 0.95, versions: [], series: [])
  }

  func bisect(
    _ dataset: DatasetName, _ request: BisectRequest
  ) throws(StoreError) -> BisectDocument {
    try checkCancellation()
    _ = try versions(of: dataset, limit: nil)
    return BisectDocument(
      dataset: dataset, request: request, statistic: .mean, good: nil, bad: nil, versionsRead: 0,
      moves: [])
  }

  func history(
    of dataset: DatasetName, _ request: HistoryRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Int {
    try checkCancellation()
    _ = try versions(of: dataset, limit: nil)
    try write(Array("{}".utf8))
    return 1
  }
}
