import Model
import Wire

/// A column's values for an item on two sides that may have different attempts at it.
struct SaidOfItem {
  /// The attempt numbers, row by row; nil without a column of them.
  private let numbers: (base: [ValueLabel?], candidate: [ValueLabel?])?
  /// The rows that have a score; nil where no score is known.
  private let scored: (base: [Bool], candidate: [Bool])?

  /// The rows of two sides.
  /// - Parameters:
  ///   - metrics: What is compared, of which those that are judged are scores.
  ///   - repeats: The column that numbers the attempts at an item.
  init(
    _ base: ComparisonSide, _ candidate: ComparisonSide, _ metrics: [String], _ repeats: String?
  ) throws(StoreError) {
    if let repeats, base.table.has(repeats), candidate.table.has(repeats) {
      numbers = (try base.table.labels(repeats), try candidate.table.labels(repeats))
    } else {
      numbers = nil
    }
    let scores = metrics.filter { !MetricDirection.isMeasured($0, MetricRoles()) }
    if let one = Self.scored(base.table, scores), let two = Self.scored(candidate.table, scores) {
      scored = (one, two)
    } else {
      scored = nil
    }
  }

  /// The rows of a table, on both sides.
  /// - Parameter metrics: As above.
  init(
    _ table: ColumnTable, _ metrics: [String], _ repeats: String?
  ) throws(StoreError) {
    let attempts = try repeats.map { column throws(StoreError) in try table.labels(column) }
    numbers = attempts.map { ($0, $0) }
    let scores = metrics.filter { !MetricDirection.isMeasured($0, MetricRoles()) }
    scored = Self.scored(table, scores).map { ($0, $0) }
  }

  private static func scored(_ table: ColumnTable, _ scores: [String]) -> [Bool]? {
    let columns = scores.compactMap { try? table.numbers($0) }
    if columns.isEmpty { return nil }
    return (0..<table.count).map { row in columns.contains { $0[row] != nil } }
  }

  /// Returns true when the two sides differ, by the labels of some rows of each.
  ///
  /// Attempts that only one side has are not compared. An attempt that has no score and of which
  /// nothing is recorded was not judged, so it says nothing about the judge. Where the numbers of
  /// attempts still differ, a value that one side adds may be of an attempt that the other lost.
  /// - Parameter isRecordedWithoutScore: Whether the column is expected to be recorded of attempts
  ///   without a score too.
  func differs(
    _ one: [ValueLabel?], _ oneRows: [Int], _ two: [ValueLabel?], _ twoRows: [Int],
    isRecordedWithoutScore: Bool
  ) -> Bool {
    var (here, there) = (oneRows, twoRows)
    if let scored, !isRecordedWithoutScore {
      here = here.filter { one[$0] != nil || scored.base[$0] }
      there = there.filter { two[$0] != nil || scored.candidate[$0] }
      if here.isEmpty || there.isEmpty { return false }
    }
    if let numbers {
      let common = Set(here.map { numbers.base[$0] })
        .intersection(there.map { numbers.candidate[$0] })
      if !common.isEmpty {
        here = here.filter { common.contains(numbers.base[$0]) }
        there = there.filter { common.contains(numbers.candidate[$0]) }
      }
    }
    let (said, other) = (Set(here.map { one[$0] }), Set(there.map { two[$0] }))
    if here.count == there.count { return said != other }
    return !said.isSubset(of: other) && !other.isSubset(of: said)
  }
}
