import Analysis
import Model
import Query
import Store
import Wire

extension LocalStoreService {
  /// The findings that a reader needs to trust numbers of several versions: rows that are left out,
  /// attempts that items lost, and scores that rest on other judges or answers than before.
  ///
  /// Each version is held against the one before it among `versions`, as `compare` holds a
  /// candidate against its base. Where versions between the two were not read, both are named.
  /// - Parameter versions: Those that were read, oldest first.
  func findings(
    _ reading: TrendReading, _ reader: TrendReader, _ versions: [Version]
  ) throws(StoreError) -> [ComparisonDocument.Finding] {
    let ofCondition = try reader.textReadings(in: versions.map(\.number)).map {
      Self.finding($0, arm: nil)
    }
    guard let metric = reader.request.metric else { return ofCondition }
    var tallies = Tallies(metric, reader.request.group)
    for (cell, part) in reading.parts.sorted(by: { $0.key.version < $1.key.version }) {
      let place = VersionPlace(cell.version)
      tallies.texts.add(part.texts, place)
      tallies.missing.add(part.missing, place)
      tallies.lost.add(part.lostAttempts, place)
    }
    for (before, version) in zip(versions, versions.dropFirst()) {
      guard let old = reading.attempts[before.number],
        let new = reading.attempts[version.number]
      else { continue }
      let pairs = new.pairs(after: old)
      let place = VersionPlace(version.number, after: before.number)
      tallies.fewer.add(pairs.count { $0.new < $0.old }, place)
      tallies.more.add(pairs.count { $0.new > $0.old }, place)
    }
    for version in versions {
      tallies.split.add(reading.splitItems[version.number] ?? 0, VersionPlace(version.number))
    }
    return ofCondition + reader.hidden + unscored(reader, versions)
      + tallies.findings(ofItems: reader.items != nil, isCount: reader.statistic == .count)
      + (try changedMeasures(reader, versions))
  }

  /// The versions that were not scored, where the metric is a score.
  private func unscored(
    _ reader: TrendReader, _ versions: [Version]
  ) -> [ComparisonDocument.Finding] {
    guard let scores = reader.scores else { return [] }
    let without = versions.map(\.number).filter { scores.version($0) == nil }
    if without.isEmpty { return [] }
    let places = VersionPlace.text(without.map { "@\($0)" })
    return [
      .init(scores.metric, arm: nil, "versions without this score: \(places)", count: without.count)
    ]
  }

  /// The judges and reference answers that differ from those of the version before.
  private func changedMeasures(
    _ reader: TrendReader, _ versions: [Version]
  ) throws(StoreError) -> [ComparisonDocument.Finding] {
    guard let metric = reader.request.metric, reader.statistic != .count else { return [] }
    var measures = ChangedMeasures(metric)
    var before: Measured?
    for version in versions {
      try checkCancellation()
      guard var measured = try measured(version, metric, reader) else {
        // What was not scored changes no scorer.
        if reader.scores == nil { before = nil }
        continue
      }
      defer { before = measured }
      guard var old = before, !old.isSame(as: measured) else { continue }
      let base = try side(&old, reader)
      let candidate = try side(&measured, reader)
      let changes = try Comparability.changes(
        from: base, to: candidate, key: measured.key, metrics: [metric],
        repeats: reader.request.repeats)
      let place = VersionPlace(version.number, after: old.version.number)
      for change in changes { measures.add(change, place) }
    }
    return measures.findings
  }

  /// The record of judges and reference answers in a version.
  private struct Measured {
    let version: Version
    /// The columns that identify an item.
    let key: [String]
    /// True when its rows record any.
    let recordsMeasures: Bool
    /// The columns to read, besides nested ones; empty where rows record nothing.
    let columns: [String]
    /// The chunks of the values that scores rest on.
    let chunks: [[Digest?]]
    let isWhole: Bool
    /// The values, once they were read.
    var side: ComparisonSide?

    /// Returns true when the same is recorded of the same rows, without reading any.
    func isSame(as other: Measured) -> Bool {
      isWhole && chunks == other.chunks
        && columns.map { DataText($0) } == other.columns.map { DataText($0) }
        && version.record.attributes == other.version.record.attributes
    }
  }

  /// The judges and answers of a version; nil where the metric is measured without any.
  private func measured(
    _ version: Version, _ metric: String, _ reader: TrendReader
  ) throws(StoreError) -> Measured? {
    let snapshot = try store.snapshot(version)
    let schema = snapshot.schema
    if let scores = reader.scores { return measured(version, schema, scores, reader) }
    guard Comparability.matters(to: metric, schema.columns) else { return nil }
    let request = reader.request
    let others = [metric, request.group, request.repeats].compactMap(\.self)
    let measures = Comparability.ofScores(schema.columns).filter {
      !schema.key.hasText($0) && !others.hasText($0)
    }
    let members = try nestedMeasures(of: version)
    let key = reader.items ?? schema.key
    var read = (key + [request.repeats].compactMap(\.self)).filter {
      schema.index(of: $0) != nil
    }
    let recordsMeasures = !measures.isEmpty || !members.isEmpty
    read = recordsMeasures ? read + measures : []
    // The other values of nested columns do not matter, but their chunks cannot be separated.
    let chunks =
      recordsMeasures ? try snapshot.chunkDigests(of: read + members.map(\.column)) : []
    if recordsMeasures, schema.index(of: metric) != nil, !read.hasText(metric) {
      read.append(metric)
    }
    return Measured(
      version: version, key: key, recordsMeasures: recordsMeasures, columns: read, chunks: chunks,
      isWhole: request.condition == nil)
  }

  /// The record of a score in a version: its scorer, and the reference answers of the version.
  private func measured(
    _ version: Version, _ schema: Schema, _ scores: TrendScores, _ reader: TrendReader
  ) -> Measured? {
    guard let scored = scores.version(version.number),
      let score = scored.scores?.columns.score(scores.metric)
    else { return nil }
    let key = reader.items ?? schema.key
    let others =
      Comparability.ofScores(schema.columns) + [reader.request.repeats].compactMap(\.self)
    var columns: [String] = []
    for name in key + others + [score.name] + score.rests
    where !columns.hasText(name) && scored.schema.index(of: name) != nil {
      columns.append(name)
    }
    return Measured(
      version: version, key: key, recordsMeasures: true, columns: columns, chunks: [],
      isWhole: false)
  }

  /// The rows of a version, read once.
  private func side(
    _ measured: inout Measured, _ reader: TrendReader
  ) throws(StoreError) -> ComparisonSide {
    if let side = measured.side { return side }
    let version = measured.version
    let scored = reader.scores?.version(version.number)
    let condition = reader.request.condition
    let table: ColumnTable
    if let scored {
      table = try self.table(scored, columns: measured.columns, where: condition)
    } else if measured.recordsMeasures {
      table = try judgedTable(version, columns: measured.columns, where: condition)
    } else {
      table = ColumnTable(name: version.reference, columns: [], batches: [])
    }
    let side = ComparisonSide(
      name: version.reference,
      source: .init(
        reference: version.reference, snapshot: version.snapshot, rows: version.record.rows),
      table: table, attributes: version.record.attributes,
      scores: scored?.scores?.columns ?? [])
    measured.side = side
    return side
  }
}

/// Counts of several versions, reported in one line.
private struct Tally {
  private var counts: [(place: VersionPlace, count: Int)] = []
  var total: Int { counts.reduce(0) { $0 + $1.count } }

  mutating func add(_ count: Int, _ place: VersionPlace) {
    if count == 0 { return }
    if counts.last?.place == place {
      counts[counts.count - 1].count += count
    } else {
      counts.append((place, count))
    }
  }

  /// The name of the version that it was compared with.
  var before: String { VersionPlace.before(counts.map(\.place)) }

  /// `what` and how many of it there were in which versions; nil for none.
  func finding(
    _ subject: String, _ what: String, isLeftOut: Bool = false
  ) -> ComparisonDocument.Finding? {
    if counts.isEmpty { return nil }
    let places = VersionPlace.text(counts.map { "\($0.count) \($0.place.phrase)" })
    return ComparisonDocument.Finding(
      subject, arm: nil, "\(what): \(places)", count: total, isLeftOut: isLeftOut)
  }
}

/// A version that a finding concerns, and the one it is compared with.
private struct VersionPlace: Equatable {
  private static let most = 8

  let version: Int
  /// The version that was read before it, where others are between the two.
  let distant: Int?

  init(_ version: Int, after previous: Int? = nil) {
    self.version = version
    distant = previous.flatMap { $0 < version - 1 ? $0 : nil }
  }

  /// The place as text: `in @4`, or `between @1 and @4`.
  var phrase: String { distant.map { "between @\($0) and @\(version)" } ?? "in @\(version)" }

  /// The names of the versions that these are compared with.
  static func before(_ places: [VersionPlace]) -> String {
    places.allSatisfy { $0.distant == nil } ? "the version before" : "the version read before"
  }

  /// The first of several phrases, and the number of others.
  static func text(_ places: [String]) -> String {
    let named = places.prefix(most).joined(separator: ", ")
    let more = places.count - most
    return named + (more > 0 ? " and \(more) more versions" : "")
  }
}

/// All counts over versions.
private struct Tallies {
  private let metric: String
  var texts = Tally()
  var missing = Tally()
  var lost = Tally()
  var fewer = Tally()
  var more = Tally()
  var split = Tally()
  private let group: String?

  init(_ metric: String, _ group: String?) {
    self.metric = metric
    self.group = group
  }

  func findings(ofItems: Bool, isCount: Bool) -> [ComparisonDocument.Finding] {
    // A count of values is a count of those that there are.
    let left =
      isCount
      ? []
      : [
        texts.finding(metric, ComparisonDocument.Finding.texts, isLeftOut: true),
        missing.finding(
          metric, "\(ofItems ? "items" : "rows") without a value", isLeftOut: true),
        lost.finding(metric, ComparisonDocument.Finding.lostAttempts, isLeftOut: true),
      ]
    let attempts = [
      fewer.finding("attempts", "items with fewer than \(fewer.before) has"),
      more.finding("attempts", "items with more than \(more.before) has"),
      split.finding(group ?? "", "items with attempts in several of its values count in each"),
    ]
    return (left + attempts).compactMap(\.self)
  }
}

/// The judges and answers that changed, reported in one line per column.
private struct ChangedMeasures {
  private let metric: String
  private var columns: [(name: String, places: [(place: VersionPlace, text: String)])] = []

  init(_ metric: String) { self.metric = metric }

  mutating func add(_ change: Comparability.Difference, _ place: VersionPlace) {
    let items = change.count.map { $0 == 1 ? "1 item " : "\($0) items " }
    let text =
      if let before = change.isUnknown ? "recorded for one of two alone " : items {
        before + place.phrase
      } else {
        place.distant == nil ? "@\(place.version)" : place.phrase
      }
    if let known = columns.firstIndex(where: { $0.name.hasBytes(of: change.column) }) {
      columns[known].places.append((place, text))
    } else {
      columns.append((change.column, [(place, text)]))
    }
  }

  var findings: [ComparisonDocument.Finding] {
    columns.map { column in
      .init(
        column.name, arm: nil,
        "not that of \(VersionPlace.before(column.places.map(\.place))), so \(metric) rests on "
          + "something else from there on: " + VersionPlace.text(column.places.map(\.text)))
    }
  }
}
