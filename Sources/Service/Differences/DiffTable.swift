import Columns
import Model
import Query
import Store
import Wire

/// A diff as a table with a line for each row added or removed and each cell changed.
struct DiffTable {
  private let report: DiffReport
  private let output: TextPieces

  init(_ report: DiffReport, _ output: TextPieces) {
    self.report = report
    self.output = output
  }

  /// Writes the table; columns that came or went are lines of it too.
  func print(_ format: TextFormat) throws(StoreError) {
    var printer = ResultPrinter(format) { bytes throws(StoreError) in try output.bytes(bytes) }
    switch report.detail {
    case .counts:
      let counts = ChangeCounts(report.diff)
      try printer.begin(["old", "new", "added", "removed", "changed"])
      try printer.row(
        [.text(report.old.reference), .text(report.new.reference)]
          + [counts.added, counts.removed, counts.changed].map { .integer(Int64($0)) })
    case .columns:
      try printer.begin(["column", "changed_cells"])
      for (column, count) in zip(report.diff.columns, report.changedCells) where count > 0 {
        try printer.row([.text(column.name), .integer(Int64(count))])
      }
    case .rows: try printRows(&printer)
    }
    try printer.finish()
  }

  /// Lines for the key and the orders, each when it is another.
  private func printOrder(
    _ printer: inout ResultPrinter, _ noKey: [QueryValue]
  ) throws(StoreError) {
    let changes = [
      ("~ key", report.diff.keyChange), ("~ column order", report.diff.columnOrderChange),
    ]
    for case (let title, let change?) in changes {
      let lists = [change.old, change.new].map { QueryValue.text(NameList.text($0)) }
      try printer.row([.text(title)] + noKey + [.null] + lists)
    }
    if report.diff.hasOtherRowOrder {
      try printer.row([.text("~ row order")] + noKey + [.null, .null, .null])
    }
  }

  private func printRows(_ printer: inout ResultPrinter) throws(StoreError) {
    let key = report.key
    let columns = report.diff.columns
    try printer.begin(["change"] + key.map { columns[$0].name } + ["column", "old", "new"])
    let noKey = key.map { _ in QueryValue.null }
    for column in report.diff.addedColumns {
      try printer.row(
        [.text("+ column")] + noKey + [.text(column.name), .null, .text(column.type.rawValue)])
    }
    for column in report.diff.removedColumns {
      try printer.row(
        [.text("- column")] + noKey + [.text(column.name), .text(column.type.rawValue), .null])
    }
    for column in report.diff.retypedColumns {
      try printer.row(
        [.text("~ column")] + noKey
          + [.text(column.name), .text(column.old.rawValue), .text(column.new.rawValue)])
    }
    try printOrder(&printer, noKey)
    try report.forEachRow { row throws(StoreError) in
      switch row {
      case .removed(let cells, let row):
        let names = key.map { QueryValue.text(cells.plain($0, row)) }
        try printer.row([.text("-")] + names + [.null, .text(cells.object(row).text), .null])
      case .added(let cells, let row):
        let names = key.map { QueryValue.text(cells.plain($0, row)) }
        try printer.row([.text("+")] + names + [.null, .null, .text(cells.object(row).text)])
      case .changed(let before, let after, let row, let changed):
        let names = key.map { QueryValue.text(after.plain($0, row)) }
        for column in changed {
          let old = before.json(column, row)
          let new = after.json(column, row)
          try printer.row(
            [.text("~")] + names
              + [.text(columns[column].name), .text(old.text), .text(new.text)])
        }
      }
    }
  }
}
