import Columns
import Model

/// The groups of one row group and their aggregates: what is kept of it.
///
/// It depends on the values of the columns that a plan reads, and on nothing else. Immutable and
/// handed about, so a reference: a copy would count references of many arrays.
final class RowGroupPartial: Sendable {
  /// The distinct values of the grouping columns that are not of the version.
  let keys: [KeyColumn.Values]
  /// For each of these columns the number of each group's value.
  let codes: [[UInt32]]
  /// The number of rows of each group; a group without rows does not exist.
  let sizes: [Int64]
  let columns: [ColumnPartial]

  /// A row group without a row that passes.
  static let empty = RowGroupPartial(keys: [], codes: [], sizes: [], columns: [])

  /// About how many bytes the aggregates take.
  let memoryBytes: Int

  init(keys: [KeyColumn.Values], codes: [[UInt32]], sizes: [Int64], columns: [ColumnPartial]) {
    (self.keys, self.codes, self.sizes, self.columns) = (keys, codes, sizes, columns)
    var bytes = 200 + sizes.count * 8 + codes.count * sizes.count * 4
    for case .texts(let texts) in keys { bytes += texts.bytes.count + texts.offsets.count * 4 }
    for case .words(let words) in keys { bytes += words.count * 8 }
    memoryBytes = columns.reduce(bytes) { $0 + $1.memoryBytes }
  }
}

extension AggregatePlan {
  /// Reads and aggregates row group `group` of part `part`.
  func partial(part: Int, group: Int, rows: Int) throws(StoreError) -> RowGroupPartial {
    var vectors: [Int: ColumnVector] = [:]
    func vector(_ column: Int) throws(StoreError) -> ColumnVector {
      if let known = vectors[column] { return known }
      let vector =
        table.isVersionColumn(column)
        ? table.versionVector(column, part: part)
        : try table.vector(column, part, group, rows: rows)
      vectors[column] = vector
      return vector
    }
    func wholeVector(_ column: Int) throws(StoreError) -> ColumnVector {
      let vector = try vector(column)
      return table.isVersionColumn(column) ? vector.repeated(rows) : vector
    }
    for test in requiredTests {
      if let known = try table.parts[part].statistics(
        column: test.column, group: group), !test.mayPass(known, rows: rows)
      {
        return .empty
      }
    }
    var selection: [UInt32]?
    switch try filter?.outcome(count: rows, vector) {
    case nil, .constant(RowFilter.Truth.yes): break
    case .constant:
      return .empty
    case .rows(let truths):
      var passing: [UInt32] = []
      for row in truths.indices where truths[row] == RowFilter.Truth.yes {
        passing.append(UInt32(row))
      }
      guard !passing.isEmpty else { return .empty }
      if passing.count < rows { selection = passing }
    }
    var keys: [KeyColumn] = []
    for column in rowGroups { keys.append(KeyColumn(try vector(column))) }
    let groups = LocalGroups(keys, rows: selection)
    let sizes = groups.sizes(rowCount: selection?.count ?? rows)
    var columns: [ColumnPartial] = []
    for measure in measures {
      columns.append(
        ColumnPartial(
          measure, try wholeVector(measure.column), rows: selection, groups: groups, sizes: sizes))
    }
    return RowGroupPartial(
      keys: keys.map(\.values), codes: groups.codes, sizes: sizes, columns: columns)
  }
}

extension ColumnVector {
  /// The only row `count` times.
  fileprivate func repeated(_ count: Int) -> ColumnVector {
    let values: Values =
      switch values {
      case .int64(let integers):
        .int64([Int64](repeating: integers[0], count: count))
      case .text(let texts):
        .dictionary(codes: [UInt32](repeating: 0, count: count), words: texts)
      default: values
      }
    return ColumnVector(type: type, count: count, validity: nil, values: values)
  }
}
