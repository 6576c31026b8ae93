import Analysis
package import Model
import Query
import Store
package import Wire

extension LocalStoreService {
  package func bisect(
    _ dataset: DatasetName, _ request: BisectRequest
  ) throws(StoreError) -> BisectDocument {
    guard request.itemLimit >= 0 else {
      throw StoreError(.usage, "a limit of items is 0 or more")
    }
    let versions = try versions(request.trend.versions, of: dataset)
    let finding =
      request.good == nil && request.bad == nil && request.threshold == nil
      ? try changePoints(dataset, request.trend, versions)
      : try crossings(dataset, request, versions)
    var counts: [Int: ChangeCounts] = [:]
    var moves: [BisectDocument.Move] = []
    for found in finding.moves.sorted(by: { $0.size > $1.size }) {
      let version = try resolved(found.version, of: dataset)
      let previous = try resolved(found.previous, of: dataset)
      let changes: ChangeCounts
      if let known = counts[found.version] {
        changes = known
      } else {
        let diff = try store.diff(try store.snapshot(previous), try store.snapshot(version))
        changes = ChangeCounts(diff)
      }
      counts[found.version] = changes
      let items = try items(from: previous, to: version, found, finding.reader)
      moves.append(
        BisectDocument.Move(
          group: found.group, version: document(for: version), previous: found.previous,
          skipped: versions.map(\.number).filter {
            found.previous < $0 && $0 < found.version
          }, before: found.before, after: found.after, pValue: found.pValue, changes: changes,
          items: Array(items.prefix(request.itemLimit)), movedItems: items.count))
    }
    var document = BisectDocument(
      dataset: dataset, request: request, statistic: finding.reader.statistic,
      repeats: finding.reader.request.repeats, good: finding.good, bad: finding.bad,
      versionsRead: finding.versions.count, moves: moves,
      findings: try findings(finding.reading, finding.reader, finding.versions))
    document.scores = finding.reader.scores?.sources
    return document
  }

  /// A version in which the number of a group moved.
  private struct Found {
    let group: String?
    let version: Int
    let previous: Int
    let before: Double
    let after: Double
    var pValue: Double?

    var size: Double { abs(after - before) }
  }

  private struct Finding {
    let reader: TrendReader
    let reading: TrendReading
    var good: Int?
    var bad: Int?
    /// The versions that were read, oldest first.
    let versions: [Version]
    let moves: [Found]
  }

  private func resolved(_ number: Int, of dataset: DatasetName) throws(StoreError) -> Version {
    try store.resolve(Reference(dataset: dataset, selector: .number(number)))
  }

  /// The largest change point of each group.
  private func changePoints(
    _ dataset: DatasetName, _ request: TrendRequest, _ versions: [Version]
  ) throws(StoreError) -> Finding {
    let reader = try trendReader(dataset, request, request.versions)
    let reading = try reader.reading()
    let all = try Self.series(reading, reader, versions)
    let moves = all.compactMap { series -> Found? in
      guard let (change, previous) = TrendAnalysis.largestChange(series) else { return nil }
      return Found(
        group: series.group, version: change.version, previous: previous, before: change.before,
        after: change.after, pValue: change.pValue)
    }
    return Finding(reader: reader, reading: reading, versions: versions, moves: moves)
  }

  /// Finds the versions in which each group's number crosses the threshold, by halving, so that as
  /// few versions as possible are read.
  private func crossings(
    _ dataset: DatasetName, _ request: BisectRequest, _ versions: [Version]
  ) throws(StoreError) -> Finding {
    func number(_ text: String?, _ other: Version?) throws(StoreError) -> Int {
      guard let text else { return other?.number ?? 1 }
      return try store.resolve(try Reference(dataset: dataset, parsing: text)).number
    }
    let good = try number(request.good, versions.first)
    let bad = try number(request.bad, versions.last)
    let (first, last) = (min(good, bad), max(good, bad))
    guard first < last else {
      throw StoreError(.usage, "good and bad are both \(dataset)@\(good); name two versions")
    }
    let reader = try trendReader(dataset, request.trend, "\(first)..\(last)")
    var known: [Int: [ValueLabel?: Double]] = [:]
    var reading = TrendReading()
    func values(_ version: Int) throws(StoreError) -> [ValueLabel?: Double] {
      if let values = known[version] { return values }
      var values: [ValueLabel?: Double] = [:]
      let read = try reader.reading(of: version)
      reading.add(read)
      let scale = reader.scale(of: read)
      for (cell, part) in read.parts {
        values[cell.group] = try part.sample.point(
          version: version, reader.statistic, of: request.trend.metric ?? "", scale: scale,
          level: TrendAnalysis.level)?.value
      }
      known[version] = values
      return values
    }
    var groups: Set<ValueLabel?> = []
    for end in [first, last] {
      let there = try values(end)
      guard !there.isEmpty else {
        throw StoreError(
          .usage,
          "\(dataset)@\(end) has no rows with a value of \(request.trend.metric ?? "it"); "
            + "name another version")
      }
      groups.formUnion(there.keys)
    }
    var moves: [Found] = []
    for group in groups.sorted(by: { ($0 ?? .null) < ($1 ?? .null) }) {
      let found = try Bisection.find(from: first, to: last, threshold: request.threshold) {
        version throws(StoreError) in
        try values(version)[group]
      }
      guard let found else { continue }
      moves.append(
        Found(
          group: group?.name, version: found.version, previous: found.previous,
          before: found.before,
          after: found.after))
    }
    return Finding(
      reader: reader, reading: reading, good: good, bad: bad,
      versions: try known.keys.sorted().map { (number) throws(StoreError) in
        try resolved(number, of: dataset)
      }, moves: moves)
  }

  /// The items of a group that moved the metric between two versions; empty where no key identifies
  /// items.
  private func items(
    from previous: Version, to version: Version, _ found: Found, _ reader: TrendReader
  ) throws(StoreError) -> [BisectDocument.Item] {
    let own = try store.snapshot(version).schema.key
    let key = reader.items ?? own
    guard let metric = reader.request.metric, reader.statistic != .count, !key.isEmpty,
      let old = try rows(of: previous, key: key, found.group, reader),
      let new = try rows(of: version, key: key, found.group, reader)
    else { return [] }
    return try MovedItems.between(old, new, key: key, metric: metric, level: found.before)
  }

  /// The rows of a version that belong to a group; nil when it lacks a column of the key.
  private func rows(
    of version: Version, key: [String], _ group: String?, _ reader: TrendReader
  ) throws(StoreError) -> ColumnTable? {
    let schema = try store.snapshot(version).schema
    guard key.allSatisfy({ schema.index(of: $0) != nil }) else { return nil }
    var columns = key
    for name in [reader.request.metric, reader.request.group].compactMap({ $0 })
    where schema.index(of: name) != nil && !columns.hasText(name) {
      columns.append(name)
    }
    var rows: ColumnTable
    if let scores = reader.scores, let scored = scores.version(version.number) {
      rows = try table(scored, columns: columns + [scores.metric], where: nil)
    } else {
      rows = try table(version.pinned, columns: columns).table
    }
    if let selection = try reader.selection(in: version.number) { rows = rows.selecting(selection) }
    guard let name = reader.request.group else { return rows }
    guard rows.has(name) else { return group == nil ? rows : rows.selecting([]) }
    let labels = try rows.labels(name)
    return rows.selecting(
      labels.indices.filter { row in
        group.map { labels[row]?.name.hasBytes(of: $0) == true } ?? (labels[row] == nil)
      })
  }
}
