package import Columns
package import Model

/// The provider of SQL's tables: a store, or tables in memory.
package protocol QuerySource: Sendable {
  /// The table that `name` stands for, exactly as written in SQL: `runs`, `runs@3`, `runs@*`,
  /// `runs@2..5`, `assay_versions`; nil when no table has the name.
  /// - Throws: ``StoreError``, also of kind `missing` or `usage` with a message of its own.
  func table(named name: String) throws(StoreError) -> QueryTable?

  /// Names like `name` that exist, best first, for the message when there is no such table.
  func nearNames(to name: String) -> [String]

  /// The aggregates kept from earlier queries; nil when none are kept.
  var aggregateMemory: AggregateMemory? { get }

  /// The aggregates that an earlier process kept for a plan; nil when it kept none.
  func keptAggregate(_ plan: Digest) throws(StoreError) -> [UInt8]?

  /// Keeps something for a plan, for later processes.
  func keepAggregate(_ content: [UInt8], for plan: Digest) throws(StoreError)
}

extension QuerySource {
  /// Nothing is kept.
  package var aggregateMemory: AggregateMemory? { nil }

  /// Nothing is kept.
  package func keptAggregate(_ plan: Digest) throws(StoreError) -> [UInt8]? { nil }

  /// Nothing is kept.
  package func keepAggregate(_ content: [UInt8], for plan: Digest) throws(StoreError) {}
}

/// A table as SQL sees it: columns, and rows in parts.
package struct QueryTable: Sendable {
  /// The columns of all parts by name, in the order of first appearance; of type `json` where parts
  /// differ in type.
  package let columns: [ColumnDefinition]
  /// True when rows carry `_version`, `_created_at` and `_message`.
  package let isMultiVersion: Bool
  /// The rows, by ascending version when there are several.
  package let parts: [any QueryPart]

  /// A table of parts that all know the positions of `columns`.
  package init(columns: [ColumnDefinition], isMultiVersion: Bool, parts: [any QueryPart]) {
    self.columns = columns
    self.isMultiVersion = isMultiVersion
    self.parts = parts
  }
}

/// One version within a table.
///
/// Making one does no I/O; what it needs it reads when first asked, and several threads may ask.
package protocol QueryPart: Sendable {
  var version: Int { get }
  var createdAt: Timestamp { get }
  var message: String { get }
  /// The number of rows; known without reading the version.
  var rowCount: Int { get }
  /// Fixes columns and rows; nil when nothing does.
  var content: Digest? { get }

  /// The number of rows of each row group, in order.
  func groupRowCounts() throws(StoreError) -> [Int]

  /// The values of one row group. `column` counts in ``QueryTable/columns``; a vector of nulls when
  /// this version lacks that column. The vector has the type the table's column has, or any other
  /// where that is `json`.
  func vector(column: Int, group: Int) throws(StoreError) -> ColumnVector

  /// The statistics of a row group's values, known without decoding; nil when unknown.
  func statistics(column: Int, group: Int) throws(StoreError) -> GroupStatistics?

  /// Digests that fix the values of `columns` in a row group, one a column; nil when unknown.
  ///
  /// A column of nulls may have the digest of zeros.
  func chunkDigests(columns: [Int], group: Int) throws(StoreError) -> [Digest]?

  /// One value, as a vector of one row.
  func value(column: Int, group: Int, row: Int) throws(StoreError) -> ColumnVector
}

extension QueryPart {
  /// Nothing does.
  package var content: Digest? { nil }

  /// Nothing is known.
  package func statistics(column: Int, group: Int) throws(StoreError) -> GroupStatistics? { nil }

  /// Nothing is known.
  package func chunkDigests(columns: [Int], group: Int) throws(StoreError) -> [Digest]? { nil }

  /// Decodes the whole row group; override it where one value is cheaper.
  package func value(column: Int, group: Int, row: Int) throws(StoreError) -> ColumnVector {
    try vector(column: column, group: group).slice(row..<row + 1)
  }
}
