import Columns
import Model
import Store
import Wire

/// A diff as JSON: one object, or a line for the whole and one for each row that differs.
struct DiffJSON {
  private let report: DiffReport
  private let output: TextPieces

  init(_ report: DiffReport, _ output: TextPieces) {
    self.report = report
    self.output = output
  }

  /// Writes one object with all rows in its member `rows`.
  func printObject() throws(StoreError) {
    guard report.detail == .rows else {
      try output.json(.object(summary))
      return
    }
    // Written row by row, since there may be more rows than memory should hold.
    var head = JSONValue.object(summary).bytes
    head.removeLast()
    try output.bytes(head + Array(#","rows":["#.utf8))
    var isFirst = true
    try report.forEachRow { row throws(StoreError) in
      try output.bytes((isFirst ? [] : [UInt8(ascii: ",")]) + object(row).bytes)
      isFirst = false
    }
    try output.line("]}")
  }

  /// Writes the counts on the first line and a row on each other.
  func printLines() throws(StoreError) {
    try output.json(.object(summary))
    guard report.detail == .rows else { return }
    try report.forEachRow { row throws(StoreError) in try output.json(object(row)) }
  }

  private var summary: [(name: String, value: JSONValue)] {
    let diff = report.diff
    func columns(_ columns: [ColumnDefinition]) -> JSONValue {
      .array(columns.map { ["name": .text($0.name), "type": .text($0.type.rawValue)] })
    }
    var members: [(name: String, value: JSONValue)] = [
      ("old", .text(report.old.reference)),
      ("new", .text(report.new.reference)),
      ("key", JSONValue(diff.key)),
    ]
    let counts = ChangeCounts(diff)
    members += [
      ("added", .integer(counts.added)), ("removed", .integer(counts.removed)),
      ("changed", .integer(counts.changed)),
    ]
    members += [
      ("addedColumns", columns(diff.addedColumns)),
      ("removedColumns", columns(diff.removedColumns)),
      (
        "retypedColumns",
        .array(
          diff.retypedColumns.map { column in
            [
              "name": .text(column.name), "old": .text(column.old.rawValue),
              "new": .text(column.new.rawValue),
            ]
          })
      ),
    ]
    let isReordered = [
      ("columns", diff.columnOrderChange != nil), ("rows", diff.hasOtherRowOrder),
    ]
    members.append(("reordered", JSONValue(isReordered.filter(\.1).map(\.0))))
    if let (old, new) = diff.keyChange {
      members.append(("keyChange", ["old": JSONValue(old), "new": JSONValue(new)]))
    }
    if report.detail == .columns {
      let counts = zip(diff.columns, report.changedCells).filter { $0.1 > 0 }
      members.append(
        ("changedCells", .object(counts.map { (name: $0.0.name, value: .integer($0.1)) })))
    }
    return members
  }

  private func object(_ row: DiffReport.Row) -> JSONValue {
    switch row {
    case .removed(let cells, let row): ["change": .text("removed"), "row": cells.object(row)]
    case .added(let cells, let row): ["change": .text("added"), "row": cells.object(row)]
    case .changed(let before, let after, let row, let columns):
      [
        "change": .text("changed"),
        "key": after.object(row, columns: report.key),
        "cells": .object(
          columns.map { column in
            (
              name: report.diff.columns[column].name,
              value: ["old": before.json(column, row), "new": after.json(column, row)]
            )
          }),
      ]
    }
  }
}
