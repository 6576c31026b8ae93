import Analysis
package import Model
import Platform
import Query
import Store
package import Wire

extension LocalStoreService {
  package func trend(
    of dataset: DatasetName, _ request: TrendRequest
  ) throws(StoreError) -> TrendDocument {
    let versions = try versions(request.versions, of: dataset)
    let reader = try trendReader(dataset, request, request.versions)
    let reading = try reader.reading()
    let series = try Self.series(reading, reader, versions)
    var document = TrendDocument(
      dataset: dataset, request: reader.request, statistic: reader.statistic,
      level: TrendAnalysis.level,
      versions: versions.map {
        TrendDocument.Version(
          number: $0.number, createdAt: $0.record.createdAt, message: $0.record.message)
      }, series: series, findings: try findings(reading, reader, versions))
    document.scores = reader.scores?.sources
    return document
  }

  /// Makes a reader of the rows of `request`, in the versions after the `@` of a table's name.
  func trendReader(
    _ dataset: DatasetName, _ request: TrendRequest, _ versions: String
  ) throws(StoreError) -> TrendReader {
    var request = request
    let all = try self.versions(versions, of: dataset)
    try requireDistinct(all)
    let (scores, hidden) = try trendScores(request, all, of: dataset)
    let items = try trendItems(dataset, &request, versions)
    var reader = try TrendReader(
      dataset, request, versions, StoreQuerySource(store, sees: sees), items: items,
      scores: scores, options: queryOptions())
    reader.hidden = hidden
    return reader
  }

  /// The columns of the latest version that identify an item, where some column numbers attempts;
  /// nil where none does.
  private func trendItems(
    _ dataset: DatasetName, _ request: inout TrendRequest, _ range: String
  ) throws(StoreError) -> [String]? {
    guard let latest = try versions(range, of: dataset).last else { return nil }
    let key = try store.snapshot(latest).schema.key
    if request.repeats == nil {
      guard request.metric != nil, AttemptColumn.isPossible(in: key) else { return nil }
      let table = try table(latest.pinned, columns: key).table
      var (items, stated): ([String], [String]?) = (key, nil)
      takeAttempts(
        in: table, key, besides: request.group, &request.repeats, of: &items, stated: &stated)
      return request.repeats == nil ? nil : items
    }
    guard let attempts = request.repeats else { return nil }
    let items = key.filter { !$0.hasBytes(of: attempts) }
    guard !items.isEmpty else {
      throw StoreError(
        .usage,
        "nothing of the key of \(latest.reference) identifies an item beside '\(attempts)'; push it "
          + "with a key that does")
    }
    return items
  }

  /// The series of all groups, in the order of their names, rows without a group last.
  static func series(
    _ reading: TrendReading, _ reader: TrendReader, _ versions: [Version]
  ) throws(StoreError) -> [TrendDocument.Series] {
    var groups = Set(reading.parts.keys.map(\.group))
    // Without a column that divides the rows there is one series, be it an empty one.
    if reader.request.group == nil { groups.insert(nil) }
    let scale = reader.scale(of: reading)
    var series: [TrendDocument.Series] = []
    for group in groups.compactMap(\.self).sorted().map(Optional.some)
      + (groups.contains(nil) ? [nil] : [])
    {
      var points: [TrendDocument.Point] = []
      try CancellationFlag.check()
      for version in versions {
        let cell = TrendReader.Cell(version: version.number, group: group)
        guard let part = reading.parts[cell] else { continue }
        let point = try part.sample.point(
          version: version.number, reader.statistic, of: reader.request.metric ?? "",
          scale: scale, level: TrendAnalysis.level)
        guard var point else { continue }
        let left = part.missing + (reader.items == nil ? part.texts : 0)
        if reader.request.metric != nil, left > 0 { point.missing = left }
        points.append(point)
      }
      series.append(try TrendAnalysis.series(group: group?.name, points))
    }
    return series
  }
}
