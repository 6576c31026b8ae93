import Columns
import Model

/// The groups over the row groups merged so far, and their aggregates.
struct GroupedState: Sendable {
  private let measures: [Measure]
  /// By grouping column: its values, and whether it is one of the version.
  private(set) var keys: [KeyNumbers]
  private let isVersionKey: [Bool]
  /// The groups as numbers of their columns' values.
  private(set) var tuples = RunTable<UInt32>()
  private(set) var sizes: [Int64] = []
  private(set) var columns: [ColumnState]

  /// No row groups yet; without grouping columns there is one group all the same.
  init(_ plan: AggregatePlan, types: [ColumnType], hasGroupBy: Bool) {
    measures = plan.measures
    keys = types.map { KeyNumbers($0) }
    isVersionKey = plan.groups.map { plan.table.isVersionColumn($0) }
    columns = plan.measures.map { ColumnState($0) }
    if !hasGroupBy {
      _ = tuples.number(of: [])
      grow()
    }
  }

  /// The number of groups.
  var count: Int { sizes.count }

  private mutating func grow() {
    sizes += repeatElement(0, count: tuples.count - sizes.count)
    for index in columns.indices { columns[index].grow(measures[index], to: sizes.count) }
  }

  /// Adds a row group of a version with these values in the version's grouping columns.
  ///
  /// Returns the merged group of each of its groups.
  mutating func merge(
    _ partial: RowGroupPartial, version: [KeyColumn.Values]
  ) -> [UInt32] {
    var numbers: [[UInt32]] = []
    var rowKeys = partial.keys.makeIterator()
    var versionKeys = version.makeIterator()
    guard !partial.sizes.isEmpty else { return [] }
    for index in keys.indices {
      let values = isVersionKey[index] ? versionKeys.next() : rowKeys.next()
      numbers.append(keys[index].numbers(of: values ?? .words([])))
    }
    var map = [UInt32](repeating: GroupMap.none, count: partial.sizes.count)
    var tuple = [UInt32](repeating: 0, count: keys.count)
    for local in map.indices where partial.sizes[local] > 0 || keys.isEmpty {
      var codes = partial.codes.makeIterator()
      for index in keys.indices {
        let code = isVersionKey[index] ? 0 : Int(codes.next()?[local] ?? 0)
        tuple[index] = numbers[index][code]
      }
      map[local] = tuples.number(of: tuple[...])
    }
    if tuples.count > sizes.count { grow() }
    for (local, target) in map.enumerated() where target != GroupMap.none {
      sizes[Int(target)] += partial.sizes[local]
    }
    for index in columns.indices {
      columns[index].merge(partial.columns[index], map: map, measures[index])
    }
    return map
  }

  /// Adds a row group's values to the windows around quantiles.
  mutating func extendWindows(_ partial: RowGroupPartial, map: [UInt32]) {
    for (index, measure) in measures.enumerated() where !measure.fractions.isEmpty {
      let column = partial.columns.isEmpty ? nil : partial.columns[index]
      guard let column else { continue }
      for (local, target) in map.enumerated() where target != GroupMap.none {
        let added = Array(column.values[column.range(local)])
        for fraction in measure.fractions.indices {
          columns[index].windows[fraction][Int(target)].add(added)
        }
      }
    }
  }

  /// Puts the parts of a state that was kept in their places.
  mutating func restore(
    _ keys: [KeyNumbers], _ tuples: RunTable<UInt32>, _ sizes: [Int64], _ columns: [ColumnState]
  ) {
    (self.keys, self.tuples, self.sizes, self.columns) = (keys, tuples, sizes, columns)
  }

  /// Puts a window in its place.
  mutating func set(_ window: QuantileWindow, column: Int, fraction: Int, group: Int) {
    columns[column].windows[fraction][group] = window
  }

  /// True when every quantile is within its window.
  var hasQuantiles: Bool {
    measures.indices.allSatisfy { column in
      measures[column].fractions.enumerated().allSatisfy { index, fraction in
        columns[column].windows[index].allSatisfy { $0.canGive(fraction) }
      }
    }
  }

  /// About how many bytes the state takes.
  var memoryBytes: Int {
    tuples.memoryBytes + sizes.count * 8 + keys.reduce(0) { $0 + $1.memoryBytes }
      + columns.reduce(0) { $0 + $1.memoryBytes }
  }
}

extension ColumnPartial {
  /// The range of a group's values.
  func range(_ group: Int) -> Range<Int> {
    guard !ends.isEmpty else { return 0..<0 }
    return (group == 0 ? 0 : ends[group - 1])..<ends[group]
  }
}

/// The merged groups to which the groups of a row group belong.
enum GroupMap {
  /// Stands for a group without rows, which went nowhere.
  static let none = UInt32.max
}
