import Analysis
package import Model
import Query
import Store
package import Wire

extension LocalStoreService {
  package func trend(
    of dataset: DatasetName, _ request: TrendRequest
  ) throws(StoreError) -> TrendDocument {
    let versions = try versions(request.versions, of: dataset)
    let reader = try trendReader(dataset, request, request.versions)
    let series = try Self.series(try reader.samples(), reader, versions)
    return TrendDocument(
      dataset: dataset, request: request, statistic: reader.statistic, level: TrendAnalysis.level,
      versions: versions.map {
        TrendDocument.Version(
          number: $0.number, createdAt: $0.record.createdAt, message: $0.record.message)
      }, series: series)
  }

  /// A reader of what `request` asks, of the versions that stand after the `@` of a table's name.
  func trendReader(
    _ dataset: DatasetName, _ request: TrendRequest, _ versions: String
  ) throws(StoreError) -> TrendReader {
    try TrendReader(
      dataset, request, versions, StoreQuerySource(store, sees: sees), options: queryOptions())
  }

  /// The series of all groups, in the order of their names, rows without a group last.
  static func series(
    _ samples: [TrendReader.Cell: TrendSample], _ reader: TrendReader, _ versions: [Version]
  ) throws(StoreError) -> [TrendDocument.Series] {
    var groups = Set(samples.keys.map(\.group))
    // Without a column that divides the rows there is one series, be it an empty one.
    if reader.request.group == nil { groups.insert(nil) }
    var series: [TrendDocument.Series] = []
    for group in groups.sorted(by: { ($0 == nil ? 1 : 0, $0 ?? "") < ($1 == nil ? 1 : 0, $1 ?? "") }
    ) {
      var points: [TrendDocument.Point] = []
      for version in versions {
        let cell = TrendReader.Cell(version: version.number, group: group)
        guard let sample = samples[cell] else { continue }
        let point = try sample.point(
          version: version.number, reader.statistic, of: reader.request.metric ?? "",
          level: TrendAnalysis.level)
        if let point { points.append(point) }
      }
      series.append(TrendAnalysis.series(group: group, points))
    }
    return series
  }
}
