import Model

/// The aggregates that a query computes of each row group.
struct AggregatePlan: Sendable {
  let table: QueryTable
  /// The grouping columns, by their position in the table as SQL sees it.
  let groups: [Int]
  /// Those of them that vary within a version.
  let rowGroups: [Int]
  let measures: [Measure]
  let filter: RowFilter?
  /// The tests that rows have to meet, by which statistics rule out row groups.
  let requiredTests: [RowTest]
  /// The columns that are read.
  let columns: [Int]
  /// True when a row group's aggregates depend on its version.
  let readsVersion: Bool
  /// The plan's key in a source's memory, different for every plan.
  let identity: String

  /// The plan of a query.
  init(_ query: AggregateQuery) {
    let table = query.table.table
    self.table = table
    groups = query.groups
    rowGroups = query.groups.filter { !table.isVersionColumn($0) }
    measures = Measure.all(for: query)
    filter = query.filter
    requiredTests = (query.filter?.required ?? []).filter { !table.isVersionColumn($0.column) }
    let inputs = (query.filter?.columns ?? []).union(measures.map(\.column))
    readsVersion = inputs.contains { table.isVersionColumn($0) }
    identity = query.identity
    columns = inputs.union(rowGroups).filter { !table.isVersionColumn($0) }.sorted()
  }

  /// True when a merged row group differs from version to version.
  var dependsOnVersion: Bool { readsVersion || rowGroups.count < groups.count }

  /// The values of the grouping columns that are of the version.
  func versionKeys(_ part: Int) -> [KeyColumn.Values] {
    groups.filter { table.isVersionColumn($0) }.map {
      KeyColumn(table.versionVector($0, part: part)).values
    }
  }
}
