import Columns
import Model
import Query
import Store
import Wire

/// The output of a diff, in one of several formats.
struct DiffReport {
  let old: Version
  let new: Version
  let diff: VersionDiff
  /// The most rows to write.
  let limit: Int
  let detail: DiffRequest.Detail

  /// One row that differs, as a page of rows is gone through.
  enum Row {
    case removed(CellTexts, Int)
    case added(CellTexts, Int)
    /// Only cells of the key and of `columns` are there.
    case changed(CellTexts, CellTexts, Int, columns: [Int])
  }

  /// The number of rows that are fetched at a time.
  private static let pageRows = 1024

  /// Writes the report.
  func print(_ format: DiffRequest.Format, to output: TextPieces) throws(StoreError) {
    switch format {
    case .text: try DiffText(self, output).print()
    case .json: try DiffJSON(self, output).printObject()
    case .jsonl: try DiffJSON(self, output).printLines()
    case .csv: try DiffTable(self, output).print(.csv)
    case .markdown: try DiffTable(self, output).print(.markdown)
    }
  }

  /// Positions of the key columns in the diff's columns.
  var key: [Int] {
    diff.key.compactMap { diff.columns.position(of: $0) }
  }

  /// The number of cells that changed, per column of the diff.
  var changedCells: [Int] {
    var counts = diff.columns.map { _ in 0 }
    for change in diff.changed {
      for column in change.columns { counts[column] += 1 }
    }
    return counts
  }

  /// Calls `body` for the rows that differ, removed ones first, then added, then changed; at most
  /// ``limit``.
  func forEachRow(_ body: (Row) throws(StoreError) -> Void) throws(StoreError) {
    var left = limit
    try forEachPage(diff.removed, &left) { page throws(StoreError) in
      let cells = try CellTexts(try diff.rows(page, of: diff.old))
      for row in page.indices { try body(.removed(cells, row)) }
    }
    try forEachPage(diff.added, &left) { page throws(StoreError) in
      let cells = try CellTexts(try diff.rows(page, of: diff.new))
      for row in page.indices { try body(.added(cells, row)) }
    }
    try forEachPage(diff.changed, &left) { page throws(StoreError) in
      let before = try CellTexts(try diff.cells(page, isNew: false))
      let after = try CellTexts(try diff.cells(page, isNew: true))
      for (row, change) in page.enumerated() {
        try body(.changed(before, after, row, columns: change.columns))
      }
    }
  }

  private func forEachPage<Item>(
    _ items: [Item], _ left: inout Int, _ body: ([Item]) throws(StoreError) -> Void
  ) throws(StoreError) {
    for start in stride(from: 0, to: items.count, by: Self.pageRows) where left > 0 {
      let page = Array(items[start..<min(start + min(Self.pageRows, left), items.count)])
      left -= page.count
      try body(page)
    }
  }
}
