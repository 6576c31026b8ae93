import ArgumentParser
import Columns
import Model
import Query
import Store

/// `assay show`: everything about one version.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one version: where it comes from and what it holds.")

  @Argument(help: "The version: name, name@3, name@baseline, name@2026-10-01.")
  var reference: String
  @Option(help: "Also the first so many rows.") var rows = 0
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard rows >= 0 else { throw StoreError(.usage, "--rows takes a number of rows") }
    let store = try global.openStore()
    let version = try store.resolve(try Reference(parsing: reference))
    let snapshot = try store.snapshot(version)
    let tags = try store.tags(of: version.dataset).filter { $0.number == version.number }
    let output = try Output()
    if global.json {
      try output.json(.object(version.json + members(snapshot, tags.map(\.name))))
    } else {
      for (label, text) in facts(version, snapshot, tags.map(\.name)) where !text.isEmpty {
        let padding = String(repeating: " ", count: 12 - label.count)
        try output.line(label + padding + text)
      }
      try output.line("")
      try printSchema(snapshot.schema, output)
      if rows > 0 {
        try output.line("")
        try printRows(snapshot, output)
      }
    }
    try output.finish()
  }

  private func facts(
    _ version: Version, _ snapshot: Snapshot, _ tags: [String]
  ) -> [(label: String, text: String)] {
    let record = version.record
    let groups = snapshot.manifest.groups.count
    let sources = record.lineage.map { "\($0.dataset)@\($0.number)" }
    let attributes = record.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return [
      ("version", version.reference),
      ("snapshot", version.snapshot.description),
      ("record", version.recordDigest.description),
      ("kind", record.kind.rawValue),
      ("created", record.createdAt.description),
      ("saved", version.time.description),
      ("author", version.author),
      ("message", record.message),
      ("tags", tags.joined(separator: " ")),
      ("parent", record.parent.map { "\(version.dataset)@\($0)" } ?? ""),
      ("made from", sources.joined(separator: " ")),
      ("attributes", attributes.joined(separator: " ")),
      ("rows", "\(record.rows) in \(groups) row group\(groups == 1 ? "" : "s")"),
      ("key", snapshot.schema.key.joined(separator: ", ")),
    ]
  }

  private func members(
    _ snapshot: Snapshot, _ tags: [String]
  ) throws(StoreError) -> [(name: String, value: JSONValue)] {
    var members: [(name: String, value: JSONValue)] = [
      ("tags", JSONValue(tags)),
      ("key", JSONValue(snapshot.schema.key)),
      (
        "columns",
        .array(
          snapshot.schema.columns.map {
            ["name": .text($0.name), "type": .text($0.type.rawValue)]
          })
      ),
      ("rowGroups", .integer(snapshot.manifest.groups.count)),
    ]
    if rows > 0 {
      var objects: [JSONValue] = []
      try forEachRow(snapshot) { cells, row in objects.append(cells.object(row)) }
      members.append(("firstRows", .array(objects)))
    }
    return members
  }

  private func printSchema(_ schema: Schema, _ output: Output) throws {
    var table = try RowsOut(["column", "type"], output, isJSON: false)
    for column in schema.columns {
      try table.row([.text(column.name), .text(column.type.rawValue)], json: .null)
    }
    try table.finish()
  }

  private func printRows(_ snapshot: Snapshot, _ output: Output) throws {
    var table = try RowsOut(snapshot.schema.columns.map(\.name), output, isJSON: false)
    var lines: [[QueryValue]] = []
    try forEachRow(snapshot) { cells, row in
      lines.append(cells.values(row))
    }
    for line in lines { try table.row(line, json: .null) }
    try table.finish()
  }

  private func forEachRow(
    _ snapshot: Snapshot, _ body: (CellTexts, Int) -> Void
  ) throws(StoreError) {
    let pages = RowPages(snapshot, columns: Array(snapshot.schema.columns.indices))
    try pages.forEach(limit: rows) { batches throws(StoreError) in
      for batch in batches {
        let cells = try CellTexts(batch)
        for row in 0..<batch.count { body(cells, row) }
      }
    }
  }
}
