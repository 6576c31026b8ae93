import Columns
import Model
import Query
import Store
import Wire

/// The output of one item's changes, in one of several formats.
struct HistoryPrinter {
  private let dataset: DatasetName
  /// The key's columns with their values.
  private let key: [(column: String, value: String)]
  private let versions: [Version]
  private let format: HistoryRequest.Format
  private let output: TextPieces

  /// The width of a cell in a line for people, in columns of the terminal.
  private static let cellWidth = 60

  init(
    _ dataset: DatasetName, _ key: [(column: String, value: String)], _ versions: [Version],
    _ format: HistoryRequest.Format, _ output: TextPieces
  ) {
    self.dataset = dataset
    self.key = key
    self.versions = versions
    self.format = format
    self.output = output
  }

  /// Writes all changes.
  func print(_ changes: [RowChange]) throws(StoreError) {
    switch format {
    case .text: try printText(changes)
    case .json: try output.json(try object(changes))
    case .jsonl: for change in changes { try output.json(try object(change)) }
    case .csv: try printCSV(changes)
    }
  }

  private func printText(_ changes: [RowChange]) throws(StoreError) {
    let name = key.map { "\($0.column) \($0.value)" }.joined(separator: "  ")
    let count = changes.count == 1 ? "1 change" : "\(changes.count) changes"
    try output.line("\(dataset)  \(name)  \(count) in \(versions.count) versions")
    for change in changes {
      let record = change.version.record
      let message = record.message.isEmpty ? "" : "  " + record.message
      let kind = change.kind == .changed ? "" : "  " + change.kind.rawValue
      try output.line("\(change.version.reference)  \(record.createdAt)\(kind)\(message)")
      for cell in change.cells {
        let new = Self.short(try Self.json(cell.new))
        let old = change.kind == .changed ? Self.short(try Self.json(cell.old)) + " → " : ""
        try output.line("  \(cell.column): \(old)\(new)")
      }
    }
  }

  private func object(_ changes: [RowChange]) throws(StoreError) -> JSON {
    var items: [JSON] = []
    for change in changes { items.append(try object(change)) }
    return [
      "changes": .array(items), "dataset": .string(dataset.text),
      "key": .object(JSON.Object(key.map { ($0.column, .string($0.value)) })),
      "versions": .integer(Int64(versions.count)),
    ]
  }

  private func object(_ change: RowChange) throws(StoreError) -> JSON {
    var cells = JSON.Object()
    for cell in change.cells {
      let new = try Self.json(cell.new)
      cells[cell.column] =
        change.kind == .changed ? ["new": new, "old": try Self.json(cell.old)] : ["new": new]
    }
    let version = change.version
    return [
      "author": .string(version.author), "cells": .object(cells),
      "change": .string(change.kind.rawValue),
      "createdAt": .string(version.record.createdAt.description),
      "message": .string(version.record.message), "number": .integer(Int64(version.number)),
      "reference": .string(version.reference),
    ]
  }

  private func printCSV(_ changes: [RowChange]) throws(StoreError) {
    var printer = ResultPrinter(.csv) { bytes throws(StoreError) in try output.bytes(bytes) }
    try printer.begin(["version", "created_at", "change", "column", "old", "new"])
    for change in changes {
      let start: [QueryValue] = [
        .integer(Int64(change.version.number)), .text(change.version.record.createdAt.description),
        .text(change.kind.rawValue),
      ]
      if change.cells.isEmpty { try printer.row(start + [.null, .null, .null]) }
      for cell in change.cells {
        try printer.row(
          start + [.text(cell.column), try Self.plain(cell.old), try Self.plain(cell.new)])
      }
    }
    try printer.finish()
  }

  private static func texts(_ vector: ColumnVector) throws(StoreError) -> CellTexts {
    let column = ColumnDefinition(name: "", type: vector.type)
    return try CellTexts(RowBatch(columns: [column], vectors: [vector], count: 1))
  }

  private static func json(_ vector: ColumnVector?) throws(StoreError) -> JSON {
    guard let vector else { return .null }
    return try texts(vector).json(0, 0)
  }

  private static func plain(_ vector: ColumnVector?) throws(StoreError) -> QueryValue {
    guard let vector else { return .null }
    return try texts(vector).values(0)[0]
  }

  private static func short(_ value: JSON) -> String {
    TerminalText.cut(value.text, to: cellWidth)
  }
}
