import ArgumentParser
import Formats
import Foundation
import Model
import Service
import Wire

/// `assay query`: runs SQL over versions.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Run SQL over any versions.",
    discussion: """
      A table is a reference in double quotes: "runs", "runs@3", "runs@*", "runs@2..5" (the last two \
      with _version, _created_at and _message), or assay_datasets, assay_versions, assay_tags, \
      assay_log. Besides SQLite's functions there are median(x), quantile(x, p) and stddev(x). \
      Results are a table on a terminal, else jsonl; --json is --format jsonl. A server \
      limits the rows (its --query-rows): where there are more, the first are printed, and \
      the exit status is 74.

      With --save the rows become a version, whose lineage is the versions that were read; with --sample \
      so many of them, the same for the same rows and --seed, in proportion to the strata of --by, and \
      none that is nearly like another. That works on a store in a folder.
      """)

  @Argument(help: "One SELECT; - reads it from standard input.") var sql: String
  @Option(help: "table, jsonl, json, csv or markdown.") var format: TextFormat?
  @Option(help: "Seconds after which the query is stopped.") var timeout: Double = 30
  @Option(help: "MiB of memory at which the query is stopped.") var memory: Int = 1024
  @Option(help: "At most so many rows.") var limit: Int?
  @OptionGroup var flags: QuerySaveFlags
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard timeout > 0, memory > 0, limit ?? 0 >= 0 else {
      throw StoreError(
        .usage, "--timeout and --memory take positive numbers, --limit a number of rows")
    }
    var request = QueryRequest(
      sql: try statement(), format: Self.chosen(format, isJSON: global.json))
    request.limit = limit
    request.timeoutSeconds = timeout
    request.memoryMebibytes = memory
    if let saved = try flags.saved(request) {
      try Self.save(saved, global)
      return
    }
    let service = try global.openService()
    let output = try Output()
    let result = try output.result(isCSV: request.format == .csv) { write throws(StoreError) in
      try service.query(request, write: write)
    }
    try output.finish()
    for note in result.notes { ErrorReport.report(note: note, isPartOfAnswer: false) }
    try Self.requireAll(result, limit: limit)
  }

  private static func save(_ request: SavedQuery, _ global: GlobalOptions) throws {
    let saved = try global.openFolder().saveQuery(request)
    for note in saved.notes { ErrorReport.report(note: note) }
    Output.confirm("\(saved.version.reference) is saved") { output throws(StoreError) in
      if global.json {
        try output.json(saved)
      } else if saved.isNew {
        let version = saved.version
        var line = "\(version.reference)  \(version.snapshot.short)  \(version.rows) rows"
        if version.rows < saved.rows { line += " of \(saved.rows)" }
        try output.line(line)
      } else {
        try output.line("unchanged: \(saved.version.reference)")
      }
    }
  }

  /// Throws unless the printed rows are all, or as many as requested.
  /// - Throws: ``StoreError`` of kind `exhausted` when a server returned fewer.
  static func requireAll(_ result: QueryDocument, limit: Int?) throws(StoreError) {
    guard result.isCutShort, result.rows < limit ?? Int.max else { return }
    throw StoreError(
      .exhausted,
      "only the first \(result.rows) rows were printed, the most that this server returns, and there "
        + "are more; ask for fewer with --limit or narrower SQL, or have the server started with a "
        + "larger --query-rows")
  }

  /// The requested format, or a table on a terminal, otherwise JSON lines.
  static func chosen(_ format: TextFormat?, isJSON: Bool) -> TextFormat {
    format ?? (isJSON || !Output.isTerminal ? .jsonl : .table)
  }

  private func statement() throws(StoreError) -> String {
    guard sql == "-" else { return sql }
    let source = try FileSource.open(path: "-")
    var bytes: [UInt8] = []
    while try source.read(1 << 16, appendingTo: &bytes) > 0 {}
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw StoreError(.usage, "the SQL on standard input is not UTF-8")
    }
    return text
  }
}

extension TextFormat: ExpressibleByArgument {}
