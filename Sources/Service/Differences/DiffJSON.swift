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
    var head = JSON.object(summary).compactBytes
    head.removeLast()
    try output.bytes(head + Array(#","rows":["#.utf8))
    var isFirst = true
    try report.forEachRow { row throws(StoreError) in
      try output.bytes((isFirst ? [] : [UInt8(ascii: ",")]) + object(row).compactBytes)
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

  private var summary: JSON.Object {
    let diff = report.diff
    let counts = ChangeCounts(diff)
    func columns(_ columns: [ColumnDefinition]) -> JSON {
      .array(columns.map { ["name": .string($0.name), "type": .string($0.type.rawValue)] })
    }
    let retyped = diff.retypedColumns.map { column -> JSON in
      [
        "name": .string(column.name), "old": .string(column.old.rawValue),
        "new": .string(column.new.rawValue),
      ]
    }
    let isReordered = [
      ("columns", diff.columnOrderChange != nil), ("rows", diff.hasOtherRowOrder),
    ]
    var members: JSON.Object = [
      "old": .string(report.old.reference), "new": .string(report.new.reference),
      "key": JSON(diff.key),
      "added": .integer(Int64(counts.added)), "removed": .integer(Int64(counts.removed)),
      "changed": .integer(Int64(counts.changed)),
      "addedColumns": columns(diff.addedColumns), "removedColumns": columns(diff.removedColumns),
      "retypedColumns": .array(retyped), "reordered": JSON(isReordered.filter(\.1).map(\.0)),
    ]
    if let (old, new) = diff.keyChange {
      members["keyChange"] = ["old": JSON(old), "new": JSON(new)]
    }
    if report.detail == .columns {
      let counts = zip(diff.columns, report.changedCells).filter { $0.1 > 0 }
      members["changedCells"] = .object(
        JSON.Object(counts.map { ($0.0.name, .integer(Int64($0.1))) }))
    }
    return members
  }

  private func object(_ row: DiffReport.Row) -> JSON {
    switch row {
    case .removed(let cells, let row): ["change": .string("removed"), "row": cells.object(row)]
    case .added(let cells, let row): ["change": .string("added"), "row": cells.object(row)]
    case .changed(let before, let after, let row, let columns):
      [
        "change": .string("changed"),
        "key": after.object(row, columns: report.key),
        "cells": .object(
          JSON.Object(
            columns.map { column in
              (
                report.diff.columns[column].name,
                ["old": before.json(column, row), "new": after.json(column, row)]
              )
            })),
      ]
    }
  }
}
