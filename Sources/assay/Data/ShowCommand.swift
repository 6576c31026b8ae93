import ArgumentParser
import Columns
import Formats
import Model
import Query
import Service
import Wire

/// `assay show`: shows everything about one version.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one version: its origin, schema and content.")

  @Argument(help: "The version: name, name@3, name@baseline, name@2026-10-01.")
  var reference: String
  @Option(help: "Also the first so many rows.") var rows = 0
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard rows >= 0 else { throw StoreError(.usage, "--rows takes a number of rows") }
    let service = try global.openService()
    let document = try service.version(try Reference(parsing: reference))
    let first = rows > 0 ? try firstRows(of: document.version, service) : []
    let output = try Output()
    if global.json {
      try printJSON(document, first, output)
    } else {
      for (label, text) in facts(document) where !text.isEmpty {
        let padding = String(repeating: " ", count: 12 - label.count)
        try output.line(label + padding + text)
      }
      try output.line("")
      try printSchema(document, output)
      if rows > 0 {
        try output.line("")
        try printRows(document, first, output)
      }
    }
    try output.finish()
  }

  /// The first rows: JSON lines for machines, and a table with every column and type for people.
  private func firstRows(
    of version: VersionDocument, _ service: any DatasetService
  ) throws(StoreError) -> [UInt8] {
    var request = DataRequest(format: global.json ? .jsonl : .arrow)
    request.limit = rows
    var bytes: [UInt8] = []
    _ = try service.data(
      Reference(dataset: version.dataset, selector: .number(version.number)), request
    ) { _ in
    } write: { more throws(StoreError) in
      bytes += more
    }
    return bytes
  }

  private func printJSON(
    _ document: VersionDetailDocument, _ first: [UInt8], _ output: Output
  ) throws(StoreError) {
    guard rows > 0 else {
      try output.json(document)
      return
    }
    // Rows are JSON text already, with numbers that a decoder might round.
    try output.write(Documents.encode(document).dropLast() + Array(#","firstRows":["#.utf8))
    try output.write(Array(first.split(separator: UInt8(ascii: "\n")).joined(separator: [0x2C])))
    try output.line("]}")
  }

  private func facts(_ document: VersionDetailDocument) -> [(label: String, text: String)] {
    let version = document.version
    let groups = document.rowGroups
    let attributes = version.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return [
      ("version", version.reference),
      ("snapshot", version.snapshot.description),
      ("record", version.record.description),
      ("kind", version.kind.rawValue),
      ("created", version.createdAt.description),
      ("saved", version.savedAt.description),
      ("author", version.author),
      ("message", version.message),
      ("tags", (version.tags ?? []).joined(separator: " ")),
      ("parent", version.parent.map { "\(version.dataset)@\($0)" } ?? ""),
      ("made from", version.lineage.map(\.reference).joined(separator: " ")),
      ("attributes", attributes.joined(separator: " ")),
      ("rows", "\(version.rows) in \(groups) row group\(groups == 1 ? "" : "s")"),
      ("key", document.key.joined(separator: ", ")),
    ]
  }

  private func printSchema(
    _ document: VersionDetailDocument, _ output: Output
  ) throws(StoreError) {
    var table = try RowOutput(["column", "type"], output)
    for column in document.columns {
      try table.row([.text(column.name), .text(column.type.rawValue)])
    }
    try table.finish()
  }

  private func printRows(
    _ document: VersionDetailDocument, _ first: [UInt8], _ output: Output
  ) throws(StoreError) {
    var table = try RowOutput(document.columns.map(\.name), output)
    var reader = try ArrowReader(SeekableFile(name: document.version.reference, bytes: first))
    while let batch = try reader.next() {
      let cells = try CellTexts(batch.rows)
      for row in 0..<cells.count { try table.row(cells.values(row)) }
    }
    try table.finish()
  }
}
