import Analysis
import Model
import Scoring
import Store
import Wire

/// The versions of scores whose values stand beside the columns of others: the newest of each,
/// those that a request names, or none.
struct ScoresChoice: Sendable {
  /// Nil for the newest of each version.
  private let named: [Version]?

  /// The choice of a request: nil for the newest, `none`, or references.
  /// - Throws: ``StoreError``: `missing` for a version that is not there or not seen, `usage` for
  ///   one that holds no scores.
  init(_ texts: [String]?, in service: LocalStoreService) throws(StoreError) {
    guard let texts else {
      named = nil
      return
    }
    try RequestLimits.require(texts.count, atMost: RequestLimits.names, "versions of scores")
    var versions: [Version] = []
    for text in texts where !text.hasBytes(of: ScoresDocument.none) {
      let version = try service.seen(text)
      try service.requireScores(version)
      if !versions.contains(where: { $0.reference == version.reference }) {
        versions.append(version)
      }
    }
    guard versions.isEmpty || versions.count == texts.count || !texts.hasText(ScoresDocument.none)
    else {
      throw StoreError(.usage, "scores are those that are named, or none")
    }
    named = versions
  }

  /// The choice of a kept document, which names all scores that it was computed with.
  static func pinned(_ texts: [String]?) -> [String] { texts ?? [ScoresDocument.none] }

  /// The scores of a document as it names them: nil for none.
  static func recorded(_ sources: [ComparisonDocument.Source]) -> [String]? {
    let names = sources.map(\.reference).textSet.sorted().map(\.string)
    return names.isEmpty ? nil : names
  }

  /// The scores of a version, of which the first has precedence.
  func versions(of outputs: Version, in service: LocalStoreService) throws(StoreError) -> [Version]
  {
    guard let named else {
      // A name that is too long for scores has none.
      guard let dataset = try? DatasetName(outputs.dataset.text + ScoreColumns.suffix),
        service.sees(dataset),
        let newest = try service.scoresVersion(of: outputs, in: dataset),
        try service.holdsScores(newest)
      else { return [] }
      return [newest]
    }
    return named.filter { $0.isMade(from: outputs) }
  }

  /// Throws unless every version that is named has scores of one of `outputs`.
  /// - Throws: ``StoreError`` of kind `usage`.
  func requireUse(by outputs: [Version]) throws(StoreError) {
    for scores in named ?? [] where !outputs.contains(where: scores.isMade(from:)) {
      let sources = scores.record.lineage.map { "\($0.dataset)@\($0.number)" }
      let names = outputs.map(\.reference).textSet.sorted().map(\.string)
      throw StoreError(
        .usage,
        "\(scores.reference) has no scores of \(names.joined(separator: " or ")): it was made from "
          + "\(sources.isEmpty ? "nothing that is recorded" : sources.joined(separator: ", "))")
    }
  }
}

extension Version {
  /// Returns true when a version is in the lineage.
  func isMade(from other: Version) -> Bool {
    record.lineage.contains { $0.dataset == other.dataset && $0.number == other.number }
  }
}
