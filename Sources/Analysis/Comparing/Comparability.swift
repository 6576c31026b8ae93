import Model
import Wire

/// The conditions under which a comparison is meaningful, where they are recorded.
package struct Comparability: Sendable {
  /// The part that a column, or an attribute of a version, plays for rows.
  enum Part: Sendable {
    /// The question: where it differs, it is another item.
    case item
    /// The expected answer: where it differs, it is another item, and scores rest on something
    /// else.
    case reference
    /// The judge, or a possible one: where it differs, scores rest on something else.
    case judge
    /// The thing compared: it differs on purpose, and the reader has to know.
    case run
  }

  /// A difference from the base in what a candidate's scores rest on.
  struct Change: Sendable, Hashable {
    let candidate: String
    let column: String
    /// The number of items it touches; nil for a change that is not of items.
    let count: Int?
    /// True when only one of the arms records it.
    let isUnknown: Bool
    /// The scorer of the only scores that it touches; nil for all scores.
    var scorer: String?
  }

  /// The items, by their places among the keys, that are not the same on all arms.
  private(set) var differing: Set<Int> = []
  private(set) var findings: [ComparisonDocument.Finding] = []
  private(set) var changes: [Change] = []
  private let edition: Edition
  /// Columns that may differ, by their plain names.
  private let allowed: [String]
  /// Columns that are compared themselves.
  private let metrics: [String]
  /// The column that numbers the attempts at an item.
  private let repeats: String?
  /// The scorers of which columns say who they are and which reference answers they had, by these
  /// columns' names.
  private let scorers: [DataText: String]

  /// Compares the items `keys`, which all arms have.
  /// - Parameters:
  ///   - allowed: Columns whose differences touch nothing.
  ///   - metrics: Columns that are compared themselves, and judge nothing.
  ///   - repeats: The column that numbers the attempts at an item.
  init(
    _ sides: [ComparisonSide], keys: [ItemKey], items: [ItemKeys], allowed: [String] = [],
    metrics: [String] = [], repeats: String? = nil, edition: Edition = .current
  ) throws(StoreError) {
    self.edition = edition
    self.repeats = repeats
    self.allowed = allowed.map(Self.plain)
    self.metrics = edition == .first ? [] : metrics
    scorers = sides.flatMap(\.scores).reduce(into: [:]) { scorers, score in
      for column in score.rests { scorers[DataText(column)] = score.scorer }
    }
    for index in sides.indices.dropFirst() {
      try compareColumns(sides, index, keys, items)
      compareAttributes(sides[0], sides[index])
      compareInputs(sides[0], sides[index])
    }
  }

  /// Goes on where every column that may differ is one of some arm, or recorded of its version.
  /// - Throws: ``StoreError`` of kind `usage` that names one that is not.
  static func requireKnown(_ allowed: [String], _ sides: [ComparisonSide]) throws(StoreError) {
    let names = sides.flatMap { $0.table.known + $0.attributes.keys }
    let known = Set(names.map(plain))
    for column in allowed where !known.contains(plain(column)) {
      let advice =
        names.contains(where: isRead)
        ? Spelling.advice(column, names.filter(isRead)) : "nothing tells what scores rest on"
      throw StoreError(
        .usage,
        "no arm has '\(column)', as a column or recorded of its version; \(advice)")
    }
  }

  /// Notes that scores of `candidate` rest on something else, or may.
  private mutating func note(
    _ part: Part, _ column: String, _ candidate: String, count: Int?, isUnknown: Bool = false
  ) {
    guard edition > .first, part == .reference || part == .judge,
      !allowed.contains(Self.plain(column))
    else { return }
    changes.append(
      Change(
        candidate: candidate, column: column, count: count, isUnknown: isUnknown,
        scorer: scorers[DataText(column)]))
  }

  /// The part that a column plays for the rows of these arms; nil when it does not matter.
  private func part(_ column: String, _ sides: [ComparisonSide], key: [String]) -> Part? {
    if key.hasText(column) || metrics.hasText(column) { return nil }
    if let scorer = scorers[DataText(column)] {
      return metrics.contains { ScoreColumn.scorer(of: $0).hasBytes(of: scorer) } ? .judge : nil
    }
    if edition > .first, sides.contains(where: { column.hasBytes(of: $0.by ?? "") }) { return nil }
    guard let part = Self.part(column, edition) else { return nil }
    // True and false are what a judge said.
    let types = sides.compactMap { $0.table.type(of: column) }
    return edition > .first && part == .judge && types.allSatisfy { $0 == .bool } ? nil : part
  }

  private mutating func compareColumns(
    _ sides: [ComparisonSide], _ index: Int, _ keys: [ItemKey], _ items: [ItemKeys]
  ) throws(StoreError) {
    let (base, candidate) = (sides[0], sides[index])
    let columns = (base.table.columns + candidate.table.columns).map(\.name)
    let attempts = edition > .second ? try SaidOfItem(base, candidate, metrics, repeats) : nil
    for column in columns.textSet.sorted().map(\.string) {
      guard let part = part(column, [base, candidate], key: items[0].columns) else { continue }
      guard base.table.has(column), candidate.table.has(column) else {
        let has = base.table.has(column) ? base.name : candidate.name
        note(part, column, candidate.name, count: nil, isUnknown: true)
        findings.append(.init(column, arm: candidate.name, "recorded for \(has) alone"))
        continue
      }
      let (one, two) = (try base.table.labels(column), try candidate.table.labels(column))
      let places = keys.indices.filter { place in
        let (here, there) = (items[0].rows[keys[place]], items[index].rows[keys[place]])
        return attempts?.differs(
          one, here ?? [], two, there ?? [], isRecordedWithoutScore: part == .item)
          ?? (said(one, here) != said(two, there))
      }
      if places.isEmpty { continue }
      let isOfItems = part == .item || part == .reference
      let isLeftOut = isOfItems && !allowed.contains(Self.plain(column))
      if isLeftOut { differing.formUnion(places) }
      note(part, column, candidate.name, count: places.count)
      findings.append(
        .init(
          column, arm: candidate.name, "items where it is not that of \(base.name)",
          count: places.count,
          examples: places.prefix(PairedItems.exampleCount).map { keys[$0].names },
          isLeftOut: isLeftOut))
    }
  }

  /// The values of a column for the attempts at an item; in the first edition, for the first one.
  ///
  /// From the third edition on ``SaidOfItem`` compares it.
  private func said(_ labels: [ValueLabel?], _ rows: [Int]?) -> Set<ValueLabel?> {
    let rows = rows ?? []
    return Set((edition == .first ? rows.prefix(1) : rows[...]).map { labels[$0] })
  }

  private mutating func compareAttributes(_ base: ComparisonSide, _ candidate: ComparisonSide) {
    let recorded = Set(base.attributes.keys).union(candidate.attributes.keys)
    let names = edition == .first ? Self.firstNames : recorded.sorted()
    for name in names {
      let (one, two) = (base.attributes[name], candidate.attributes[name])
      guard let part = Self.part(name, edition),
        one.map({ DataText($0) }) != two.map({ DataText($0) })
      else { continue }
      // The values in the rows of both have been compared.
      let isInRows = [base, candidate].allSatisfy { side in
        side.table.columns.contains { Self.plain($0.name) == Self.plain(name) }
      }
      let isUnknown = one == nil || two == nil
      if !isUnknown || !isInRows {
        note(part, name, candidate.name, count: nil, isUnknown: isUnknown)
      }
      findings.append(
        .init(
          name, arm: candidate.name,
          "the versions say \(one.map { "'\($0)'" } ?? "nothing") and "
            + (two.map { "'\($0)'" } ?? "nothing")))
    }
  }

  private mutating func compareInputs(_ base: ComparisonSide, _ candidate: ComparisonSide) {
    if base.inputs.isEmpty || candidate.inputs.isEmpty { return }
    if Set(base.inputs.map(\.snapshot)) == Set(candidate.inputs.map(\.snapshot)) { return }
    // The versions show the values to callers who may read them; the finding is the same for all.
    findings.append(
      .init("inputs", arm: candidate.name, "made from other inputs than \(base.name)"))
  }
}
