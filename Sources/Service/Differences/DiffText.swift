import Columns
import Model
import Store
import Wire

/// A diff as lines for people.
struct DiffText {
  private let report: DiffReport
  private let output: TextPieces

  /// The width of a line about a whole row, in columns of the terminal.
  private static let rowWidth = 110
  /// The width of each value of a changed cell, old or new.
  private static let cellWidth = 60

  init(_ report: DiffReport, _ output: TextPieces) {
    self.report = report
    self.output = output
  }

  /// Writes the lines.
  func print() throws(StoreError) {
    let diff = report.diff
    let counts = ChangeCounts(diff).text
    try output.line("\(report.old.reference) → \(report.new.reference)  \(counts)")
    for column in diff.addedColumns {
      try output.line("column + \(column.name)  \(column.type.rawValue)")
    }
    for column in diff.removedColumns {
      try output.line("column - \(column.name)  \(column.type.rawValue)")
    }
    for column in diff.retypedColumns {
      try output.line("column ~ \(column.name)  \(column.old.rawValue) → \(column.new.rawValue)")
    }
    if let (old, new) = diff.keyChange {
      try output.line("key ~ \(Self.list(old)) → \(Self.list(new))")
    }
    if let (old, new) = diff.columnOrderChange {
      try output.line("columns ~ in another order: \(Self.list(old)) → \(Self.list(new))")
    }
    if diff.hasOtherRowOrder { try output.line("rows ~ in another order") }
    switch report.detail {
    case .counts: break
    case .columns:
      for (column, count) in zip(diff.columns, report.changedCells) where count > 0 {
        try output.line("~\(count)  \(column.name)")
      }
    case .rows: try printRows()
    }
  }

  private func printRows() throws(StoreError) {
    let key = report.key
    try report.forEachRow { row throws(StoreError) in
      switch row {
      case .removed(let cells, let row): try output.line("- " + whole(cells, row, key))
      case .added(let cells, let row): try output.line("+ " + whole(cells, row, key))
      case .changed(let before, let after, let row, let columns):
        let name = label(after, row, key)
        for column in columns {
          let change = "\(short(before, column, row)) → \(short(after, column, row))"
          try output.line("~ \(name)  \(report.diff.columns[column].name): \(change)")
        }
      }
    }
    let counts = ChangeCounts(report.diff)
    let rows = counts.added + counts.removed + counts.changed
    if rows > report.limit { try output.line("… and \(rows - report.limit) more rows") }
  }

  private func label(_ cells: CellTexts, _ row: Int, _ key: [Int]) -> String {
    key.map { TerminalText.cut(cells.plain($0, row), to: Self.cellWidth) }.joined(separator: " ")
  }

  private func whole(_ cells: CellTexts, _ row: Int, _ key: [Int]) -> String {
    let others = report.diff.columns.indices.filter { !key.contains($0) }
    var text = label(cells, row, key)
    for column in others {
      let value = short(cells, column, row)
      guard value != "null" else { continue }
      text += (text.isEmpty ? "" : "  ") + "\(report.diff.columns[column].name): \(value)"
      // Lines may be long, but not without end: --format jsonl has it all.
      if TerminalText.width(text) > Self.rowWidth { break }
    }
    return TerminalText.cut(text, to: Self.rowWidth)
  }

  private func short(_ cells: CellTexts, _ column: Int, _ row: Int) -> String {
    TerminalText.cut(cells.json(column, row).text, to: Self.cellWidth)
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}
