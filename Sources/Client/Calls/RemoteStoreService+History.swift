package import Model
import Outbound
package import Wire

extension RemoteStoreService {
  package func trend(
    of dataset: DatasetName, _ request: TrendRequest
  ) throws(StoreError) -> TrendDocument {
    try document(TrendDocument.self, HTTPRequest(.get, Self.resource(dataset, "trend", request)))
  }

  package func bisect(
    _ dataset: DatasetName, _ request: BisectRequest
  ) throws(StoreError) -> BisectDocument {
    var resource = Self.resource(dataset, "bisect", request.trend)
    resource.add("good", request.good)
    resource.add("bad", request.bad)
    resource.add("threshold", request.threshold.map { "\($0)" })
    resource.add("items", String(request.itemLimit))
    return try document(BisectDocument.self, HTTPRequest(.get, resource))
  }

  package func history(
    of dataset: DatasetName, _ request: HistoryRequest,
    write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) -> Int {
    var resource = Self.resource(dataset, "history")
    for term in request.key { resource.add("key", term) }
    resource.add("select", list: request.columns)
    resource.add("versions", request.versions == "*" ? nil : request.versions)
    resource.add("format", request.format.rawValue)
    var changes = 0
    try download(HTTPRequest(.get, resource)) { head throws(StoreError) in
      changes = try field("Assay-Changes", of: head) { Int($0) }
    } write: { bytes throws(StoreError) in
      try write(bytes)
    }
    return changes
  }

  private static func resource(
    _ dataset: DatasetName, _ what: String, _ request: TrendRequest
  ) -> Resource {
    var resource = resource(dataset, what)
    resource.add("metric", request.metric)
    resource.add("stat", request.statistic?.rawValue)
    resource.add("by", request.group)
    resource.add("where", request.condition)
    resource.add("repeat", request.repeats)
    resource.add("versions", request.versions == "*" ? nil : request.versions)
    for text in request.scores ?? [] { resource.add("scores", text) }
    return resource
  }
}
