import Model
package import Wire

/// The result of a bisection as lines for people: the version at which a metric moved.
package enum BisectText {
  /// The lines of all moves, largest first, and of what has to be known to trust them.
  package static func lines(_ document: BisectDocument) -> [String] {
    let findings = (document.findings ?? []).map(ComparisonPage.sentence)
    return moves(document) + (findings.isEmpty ? [] : [""] + findings)
  }

  private static func moves(_ document: BisectDocument) -> [String] {
    let subject =
      (document.metric.map { "\(document.statistic.rawValue) of \($0)" } ?? "rows")
      + ComparisonPage.attempts(document.repeat, of: document.statistic)
    let read = document.versionsRead == 1 ? "1 version" : "\(document.versionsRead) versions"
    guard !document.isUndecided else {
      return [
        "\(subject) of \(document.dataset): not enough versions to say (\(read) read, and below "
          + "\(BisectDocument.fewestForChangePoints) there can be no change point); name --good and "
          + "--bad, or a --threshold"
      ]
    }
    guard !document.moves.isEmpty else {
      let what = document.threshold.map { "crossed \(Figures.number($0))" } ?? "moved"
      return ["\(subject) of \(document.dataset) never \(what) (\(read) read)"]
    }
    return document.moves.enumerated().flatMap { place, move in
      (place > 0 ? [""] : []) + lines(move, subject: subject, read: read, document.by)
    }
  }

  private static func lines(
    _ move: BisectDocument.Move, subject: String, read: String, _ by: String?
  ) -> [String] {
    let version = move.version
    let group = by.map { ", \($0) \(move.group ?? "(none)")," } ?? ""
    let chance = move.pValue.map { Figures.pValue($0) + ", " } ?? ""
    var lines = [
      "\(subject)\(group) moved in \(version.reference): \(Figures.number(move.before)) → "
        + "\(Figures.number(move.after))  (\(chance)\(read) read)"
    ]
    if !move.skipped.isEmpty {
      let numbers = move.skipped.map { "@\($0)" }.joined(separator: " ")
      lines.append("or in \(numbers), which have no value")
    }
    let facts = [
      ("created", version.createdAt.description), ("author", version.author),
      ("message", version.message),
      ("made from", version.lineage.map(\.reference).joined(separator: " ")),
      (
        "attributes",
        version.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
          .joined(separator: " ")
      ),
      ("against @\(move.previous)", "\(move.changes.text) rows"),
    ]
    for (label, text) in facts where !text.isEmpty {
      lines.append(label + String(repeating: " ", count: max(2, 14 - label.count)) + text)
    }
    for item in move.items { lines.append("  " + line(item)) }
    if move.movedItems > move.items.count, !move.items.isEmpty {
      lines.append("  … and \(move.movedItems - move.items.count) more items")
    }
    return lines
  }

  private static func line(_ item: BisectDocument.Item) -> String {
    let key = item.key.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")
    let old = item.old.map(Figures.number) ?? "none"
    let new = item.new.map(Figures.number) ?? "none"
    return switch item.change {
    case .changed: "~ \(key)  \(old) → \(new)"
    case .added: "+ \(key)  \(new)"
    case .removed: "- \(key)  \(old)"
    }
  }
}
