import Model
import Wire

/// What has to be the same for a comparison to mean something, where it is recorded.
struct Sameness: Sendable {
  /// Columns that make an item what it is: where they differ, it is another item.
  private static let ofItems: Set = [
    "input", "question", "instruction", "target", "targets", "expected", "expected_output",
    "ground_truth", "gold", "ideal", "reference_answer",
  ]
  /// Columns and attributes that may differ on purpose, which the reader has to know.
  private static let ofRuns: Set = [
    "prompt", "prompt_id", "prompt_version", "prompt_template", "template", "system_prompt",
    "scorer", "scorer_version", "judge", "judge_model", "judge_version", "grader",
    "grader_version", "rubric", "rubric_version", "metric_version",
  ]

  /// Whether a column of this name is looked at.
  static func isRead(_ name: String) -> Bool {
    ofItems.contains(name.lowercased()) || ofRuns.contains(name.lowercased())
  }

  /// The items, by their places among the keys, that are not the same on all arms.
  private(set) var differing: Set<Int> = []
  private(set) var findings: [ComparisonDocument.Finding] = []

  /// Compares the items `keys`, which all arms have.
  init(
    _ sides: [ComparisonSide], keys: [[String]], items: [ItemKeys]
  ) throws(StoreError) {
    for index in sides.indices.dropFirst() {
      try compareColumns(sides, index, keys, items)
      compareAttributes(sides[0], sides[index])
      compareInputs(sides[0], sides[index])
    }
  }

  private mutating func compareColumns(
    _ sides: [ComparisonSide], _ index: Int, _ keys: [[String]], _ items: [ItemKeys]
  ) throws(StoreError) {
    let (base, candidate) = (sides[0], sides[index])
    let names = Self.ofItems.union(Self.ofRuns)
    let columns = (base.table.columns + candidate.table.columns).map(\.name)
      .filter { names.contains($0.lowercased()) && !items[0].columns.contains($0) }
    for column in Set(columns).sorted() {
      guard base.table.has(column), candidate.table.has(column) else {
        let has = base.table.has(column) ? base.name : candidate.name
        findings.append(.init(column, arm: candidate.name, "recorded for \(has) alone"))
        continue
      }
      let (one, two) = (try base.table.texts(column), try candidate.table.texts(column))
      let places = keys.indices.filter { place in
        let left = items[0].rows[keys[place]]?.first.flatMap { one[$0] }
        let right = items[index].rows[keys[place]]?.first.flatMap { two[$0] }
        return left != right
      }
      if places.isEmpty { continue }
      let isOfItems = Self.ofItems.contains(column.lowercased())
      if isOfItems { differing.formUnion(places) }
      findings.append(
        .init(
          column, arm: candidate.name, "items where it is not that of \(base.name)",
          count: places.count,
          examples: places.prefix(CommonItems.exampleCount).map { keys[$0] },
          isLeftOut: isOfItems))
    }
  }

  private mutating func compareAttributes(_ base: ComparisonSide, _ candidate: ComparisonSide) {
    for name in Self.ofItems.union(Self.ofRuns).sorted() {
      let (one, two) = (base.attributes[name], candidate.attributes[name])
      if one == two { continue }
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
