import ArgumentParser
import Columns
import Formats
import Model
import Query
import Store

/// `assay pull`: writes a version to a file.
struct PullCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Write a version to a file.",
    discussion: "The format is --format's, else the file's extension; jsonl on standard output.")

  @Argument(help: "The version: name, name@3, name@baseline, name@2026-10-01, name@latest~2.")
  var reference: String
  @Option(name: .shortAndLong, help: "The file; - for standard output, also .gz and .zst.")
  var output = "-"
  @Option(help: "jsonl, json or csv.") var format: TableFormat?
  @Option(help: "Only these columns, in this order: a,b.") var columns: [String] = []
  @Option(name: .customLong("where"), help: "Only rows for which this SQL expression is true.")
  var condition: String?
  @Option(help: "At most so many rows.") var limit: Int?
  @Flag(help: "Write nulls as null instead of leaving them out.") var nulls = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    if let limit, limit < 0 { throw StoreError(.usage, "--limit takes a number of rows") }
    let format = try chosenFormat()
    let store = try global.openStore()
    let version = try store.resolve(try Reference(parsing: reference))
    let snapshot = try store.snapshot(version)
    let positions = try columnPositions(snapshot.schema, version)
    let rows = try condition.map { try matches($0, version, store) }

    let sink = try ByteSink.open(path: output)
    if output == "-" { Output.endWithClosedPipe() }
    let pages = RowPages(snapshot, columns: positions)
    var text = TableText(
      format, columns: positions.map { snapshot.schema.columns[$0] }, nulls: nulls)
    let progress = ProgressLine()
    var written = 0
    func write(_ batches: [RowBatch]) throws(StoreError) {
      try text.append(batches, to: sink)
      written += batches.reduce(0) { $0 + $1.count }
      progress.show("\(written) rows")
    }
    if let rows {
      try pages.forEach(at: rows, write)
    } else {
      try pages.forEach(limit: limit, write)
    }
    try text.finish(sink)
    try sink.finish()
    progress.clear()
    if global.json, output != "-" { try report(version, rows: written) }
  }

  private func report(_ version: Version, rows: Int) throws {
    let output = try Output()
    try output.json(
      .object(version.json + [("file", .text(self.output)), ("rowsWritten", .integer(rows))]))
    try output.finish()
  }

  private func chosenFormat() throws(StoreError) -> FileFormat {
    if format == nil, output == "-" { return .jsonl }
    return try TableFormat.choose(format, path: output)
  }

  private func columnPositions(
    _ schema: Schema, _ version: Version
  ) throws(StoreError) -> [Int] {
    guard !columns.isEmpty else { return Array(schema.columns.indices) }
    var positions: [Int] = []
    for name in columns.flatMap({ $0.split(separator: ",").map(String.init) }) {
      guard let position = schema.index(of: name) else {
        let advice = Spelling.advice(name, schema.columns.map(\.name))
        throw StoreError(.usage, "\(version.reference) has no column '\(name)'; \(advice)")
      }
      guard !positions.contains(position) else {
        throw StoreError(.usage, "--columns names '\(name)' twice")
      }
      positions.append(position)
    }
    return positions
  }

  /// The positions of the rows that meet `condition`, ascending.
  private func matches(_ condition: String, _ version: Version, _ store: Store) throws -> [Int] {
    // On a line of its own, so that a comment at its end takes nothing else with it. SQL numbers
    // the rows of one version by their position (`TableScan.rowID`).
    let sql = """
      SELECT rowid FROM "\(version.reference)" WHERE (\(condition)
      ) ORDER BY rowid LIMIT \(limit ?? -1)
      """
    do {
      return try SQLQuery(sql, on: StoreQuerySource(store)).rows().rows.compactMap { row in
        if case .integer(let position) = row[0] { Int(position) } else { nil }
      }
    } catch let error as StoreError where error.kind == .usage {
      // Its place is one in the whole statement, which nobody wrote.
      throw StoreError(.usage, "--where: \(error.message)")
    }
  }
}
