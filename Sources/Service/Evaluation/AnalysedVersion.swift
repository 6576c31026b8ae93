import Analysis
import Model
import Store
import Wire

/// A version whose rows are items of an analysis, each with a key of its own.
///
/// Every analysis that pairs or counts items reads its rows through this, so that none takes two
/// rows of one key for two items, and all see the same scores.
struct AnalysedVersion: Sendable {
  let version: Version
  let snapshot: Snapshot
  /// The scores that stand beside its own columns; nil without.
  let scores: VersionScores?

  var reference: String { version.reference }

  /// The version's own columns, then those of scores.
  var schema: Schema {
    guard let scores else { return snapshot.schema }
    return Schema(
      columns: snapshot.schema.columns + ScoreColumn.definitions(scores.columns),
      key: snapshot.schema.key)
  }

  /// The version in the list of sources of a document.
  var source: ComparisonDocument.Source { LocalStoreService.source(version) }

  /// The version, whose keys are checked from the third edition of documents on.
  /// - Throws: ``StoreError``: `invalid` that names two rows with one key and the way out,
  ///   `corrupt` when stored bytes are damaged.
  init(_ version: Version, of store: Store, edition: Edition = .current) throws(StoreError) {
    self.version = version
    snapshot = try store.snapshot(version)
    scores = nil
    if edition > .second { try snapshot.requireDistinct(snapshot.schema.key) }
  }

  /// The version with scores beside its own columns.
  /// - Throws: As without; `usage` where nothing identifies the outputs that were scored.
  init(
    _ version: Version, _ choice: ScoresChoice, in service: LocalStoreService,
    edition: Edition = .current
  ) throws(StoreError) {
    self.version = version
    snapshot = try service.store.snapshot(version)
    if edition > .second { try snapshot.requireDistinct(snapshot.schema.key) }
    scores = try VersionScores(
      try choice.versions(of: version, in: service), of: version, snapshot.schema, in: service)
  }
}

extension LocalStoreService {
  /// A version with the scores that a request chooses, which the document names from then on.
  /// - Throws: ``StoreError`` of kind `usage` where one that is named has no scores of the version.
  func analysed(
    _ version: Version, scores: inout [String]?, edition: Edition = .current
  ) throws(StoreError) -> AnalysedVersion {
    let choice = try ScoresChoice(scores, in: self)
    try choice.requireUse(by: [version])
    let analysed = try AnalysedVersion(version, choice, in: self, edition: edition)
    scores = ScoresChoice.recorded(analysed.scores?.sources ?? [])
    return analysed
  }

  /// Columns of an analysed version in memory, scores among them, with the judges and reference
  /// answers in its nested columns as columns of their own, from the third edition of documents on.
  /// - Throws: As ``table(_:columns:where:)``.
  func table(
    _ analysed: AnalysedVersion, columns: [String], where condition: String?,
    edition: Edition = .current
  ) throws(StoreError) -> ColumnTable {
    guard let scores = analysed.scores else {
      return try ownTable(analysed, columns: columns, where: condition, edition)
    }
    let names = ScoreColumn.definitions(scores.columns).map(\.name)
    let own = columns.filter { !names.hasText($0) }
    let further = scores.key.filter { !own.hasText($0) }
    let table = try ownTable(analysed, columns: own + further, where: condition, edition)
    return try scores.joined(columns, to: table, without: further, in: self)
  }

  private func ownTable(
    _ analysed: AnalysedVersion, columns: [String], where condition: String?, _ edition: Edition
  ) throws(StoreError) -> ColumnTable {
    edition > .second
      ? try judgedTable(analysed.version, columns: columns, where: condition)
      : try table(analysed.version.pinned, columns: columns, where: condition).table
  }
}
