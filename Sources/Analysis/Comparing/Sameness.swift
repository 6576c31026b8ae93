import Model
import Wire

/// What has to be the same for a comparison to mean something, where it is recorded.
package struct Sameness: Sendable {
  /// What a column, or an attribute of a version, says about rows.
  enum Part: Sendable {
    /// What was asked: where it differs, it is another item.
    case item
    /// What was expected: where it differs, it is another item, and scores rest on something else.
    case reference
    /// What judged: where it differs, scores rest on something else.
    case judge
    /// What is compared: it differs on purpose, and the reader has to know.
    case run
  }

  /// What scores of a candidate rest on that is not the base's.
  struct Change: Sendable, Hashable {
    let candidate: String
    let column: String
    /// How many items it touches; nil for an attribute of the version.
    let count: Int?
  }

  /// The usual names of each part, without case and signs.
  private static let names: [(part: Part, names: [String])] = [
    (.item, ["input", "question", "instruction"]),
    (
      .reference,
      [
        "target", "targets", "expected", "expectedoutput", "expectedanswer", "expectedresponse",
        "groundtruth", "gold", "goldanswer", "goldlabel", "ideal", "idealanswer", "idealoutput",
        "reference", "referenceanswer", "referenceoutput", "correctanswer", "answerkey",
      ]
    ),
    (
      .judge,
      [
        "scorer", "scorerversion", "scorermodel", "judge", "judgemodel", "judgeversion",
        "judgeprompt", "grader", "gradermodel", "graderversion", "rubric", "rubricversion",
        "evaluator", "evaluatorversion", "metricversion",
      ]
    ),
    (
      .run,
      [
        "prompt", "promptid", "promptversion", "prompttemplate", "template", "systemprompt",
        "model", "modelid", "modelname", "modelversion",
      ]
    ),
  ]
  /// The names that the first edition knew, as they were written.
  private static let firstNames = [
    "expected", "expected_output", "gold", "grader", "grader_version", "ground_truth", "ideal",
    "input", "instruction", "judge", "judge_model", "judge_version", "metric_version", "prompt",
    "prompt_id", "prompt_template", "prompt_version", "question", "reference_answer", "rubric",
    "rubric_version", "scorer", "scorer_version", "system_prompt", "target", "targets", "template",
  ]

  /// Whether a column of this name is looked at.
  static func isRead(_ name: String) -> Bool { part(name, .current) != nil }

  /// Those of some columns that tell what scores rest on, sorted.
  package static func ofScores(_ names: [String]) -> [String] {
    names.filter { [.judge, .reference].contains(part($0, .current)) }.sorted()
  }

  /// What a column of this name says; nil for nothing that matters.
  private static func part(_ name: String, _ edition: Edition) -> Part? {
    if edition == .first, !firstNames.contains(name.lowercased()) { return nil }
    let plain = plain(name)
    return names.first { $0.names.contains(plain) }?.part
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  /// The items, by their places among the keys, that are not the same on all arms.
  private(set) var differing: Set<Int> = []
  private(set) var findings: [ComparisonDocument.Finding] = []
  private(set) var changes: [Change] = []
  private let edition: Edition
  /// Columns that may differ, by their plain names.
  private let allowed: [String]

  /// Compares the items `keys`, which all arms have.
  /// - Parameter allowed: Columns whose differences touch nothing.
  init(
    _ sides: [ComparisonSide], keys: [ItemKey], items: [ItemKeys], allowed: [String] = [],
    edition: Edition = .current
  ) throws(StoreError) {
    self.edition = edition
    self.allowed = allowed.map(Self.plain)
    for index in sides.indices.dropFirst() {
      try compareColumns(sides, index, keys, items)
      compareAttributes(sides[0], sides[index])
      compareInputs(sides[0], sides[index])
    }
  }

  /// Notes that scores of `candidate` rest on something else.
  private mutating func note(_ part: Part, _ column: String, _ candidate: String, _ count: Int?) {
    guard edition > .first, part == .reference || part == .judge,
      !allowed.contains(Self.plain(column))
    else { return }
    changes.append(Change(candidate: candidate, column: column, count: count))
  }

  private mutating func compareColumns(
    _ sides: [ComparisonSide], _ index: Int, _ keys: [ItemKey], _ items: [ItemKeys]
  ) throws(StoreError) {
    let (base, candidate) = (sides[0], sides[index])
    let columns = (base.table.columns + candidate.table.columns).map(\.name).filter { name in
      Self.part(name, edition) != nil && !items[0].columns.hasText(name)
        && (!name.hasBytes(of: base.by ?? "") || edition == .first)
    }
    for column in columns.textSet.sorted().map(\.string) {
      guard let part = Self.part(column, edition) else { continue }
      guard base.table.has(column), candidate.table.has(column) else {
        let has = base.table.has(column) ? base.name : candidate.name
        findings.append(.init(column, arm: candidate.name, "recorded for \(has) alone"))
        continue
      }
      let (one, two) = (try base.table.labels(column), try candidate.table.labels(column))
      let places = keys.indices.filter { place in
        let left = items[0].rows[keys[place]]?.first.flatMap { one[$0] }
        let right = items[index].rows[keys[place]]?.first.flatMap { two[$0] }
        return left != right
      }
      if places.isEmpty { continue }
      let isOfItems = part == .item || part == .reference
      let isLeftOut = isOfItems && !allowed.contains(Self.plain(column))
      if isLeftOut { differing.formUnion(places) }
      note(part, column, candidate.name, places.count)
      findings.append(
        .init(
          column, arm: candidate.name, "items where it is not that of \(base.name)",
          count: places.count,
          examples: places.prefix(CommonItems.exampleCount).map { keys[$0].names },
          isLeftOut: isLeftOut))
    }
  }

  private mutating func compareAttributes(_ base: ComparisonSide, _ candidate: ComparisonSide) {
    let recorded = Set(base.attributes.keys).union(candidate.attributes.keys)
    let names = edition == .first ? Self.firstNames : recorded.sorted()
    for name in names {
      let (one, two) = (base.attributes[name], candidate.attributes[name])
      guard let part = Self.part(name, edition),
        one.map({ DataText($0) }) != two.map({ DataText($0) })
      else { continue }
      // What one of them does not record is not known to have changed.
      if one != nil, two != nil { note(part, name, candidate.name, nil) }
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
    // Which they are, the versions tell those who may know; the finding is the same for all.
    findings.append(
      .init("inputs", arm: candidate.name, "made from other inputs than \(base.name)"))
  }
}
