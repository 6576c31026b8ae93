import ArgumentParser
import Foundation
import Model
import Query
import Reports
import Wire

/// `assay trend`: shows a metric over versions.
struct TrendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trend", abstract: "Show a metric over versions, and where it moved.",
    discussion: """
      One number per version (and value of --by) with its 95 % interval: t for means, Wilson's for rates, \
      order statistics for p50 and p95. A change point is a version from which the level differs, \
      by a permutation test at 5 %; below seven versions none can be found. --json prints one object, \
      --format csv a line per number.
      """)

  @OptionGroup var trend: TrendFlags
  @Option(help: "text or csv.") var format = Format.text
  @OptionGroup var global: GlobalOptions

  /// The output format of a trend.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, csv
  }

  func run() throws {
    let (dataset, request) = try trend.request()
    let document = try global.openService().trend(of: dataset, request)
    let output = try Output()
    switch format {
    case _ where global.json: try output.json(document)
    case .csv:
      try output.result(isCSV: true) { write throws(StoreError) in
        try printCSV(document, write)
      }
      for finding in document.findings ?? [] {
        ErrorReport.report(note: ComparisonPage.sentence(finding))
      }
    case .text: try printText(document, output)
    }
    try output.finish()
  }

  private func printText(_ document: TrendDocument, _ output: Output) throws(StoreError) {
    let subject = document.metric.map { "\(document.statistic.rawValue) of \($0)" } ?? "rows"
    let range = document.versions.first.map {
      "@\($0.number)..\(document.versions.last?.number ?? 0)"
    }
    let attempts = ComparisonPage.attempts(document.repeat, of: document.statistic)
    try output.line("\(subject)  \(document.dataset)\(range ?? "")\(attempts)")
    if document.by == nil, let series = document.series.first {
      try output.line(Sparkline.text(series.points.map(\.value)))
      try output.line("")
      try printPoints(series, document, output)
    } else {
      try output.line("")
      try printGroups(document, output)
    }
    for series in document.series {
      for change in series.changes {
        let version = document.versions.first { $0.number == change.version }
        let group = document.by == nil ? "" : "\(series.group ?? "(none)"): "
        try output.line(
          "\(group)change at \(document.dataset)@\(change.version): "
            + "\(Figures.number(change.before)) → \(Figures.number(change.after)), "
            + Figures.pValue(change.pValue)
            + (version.map { $0.message.isEmpty ? "" : "  " + $0.message } ?? ""))
      }
    }
    for finding in document.findings ?? [] { try output.line(ComparisonPage.sentence(finding)) }
    let scores = ScoresText.used(
      document.scores?.map(\.reference), areNewest: trend.scores.choice == nil)
    if let scores { try output.line(scores) }
  }

  private func printPoints(
    _ series: TrendDocument.Series, _ document: TrendDocument, _ output: Output
  ) throws(StoreError) {
    let hasMissing = series.points.contains { $0.missing != nil }
    var table = try RowOutput(
      ["version", "created", "n"] + (hasMissing ? ["without"] : [])
        + [document.statistic.rawValue, "95 % interval", ""], output)
    let points = Dictionary(uniqueKeysWithValues: series.points.map { ($0.version, $0) })
    let changes = Set(series.changes.map(\.version))
    for version in document.versions {
      let point = points[version.number]
      let start: [QueryValue] = [
        .integer(Int64(version.number)), .text(String(version.createdAt.description.prefix(10))),
        .integer(Int64(point?.n ?? 0)),
      ]
      let missing: [QueryValue] = hasMissing ? [.integer(Int64(point?.missing ?? 0))] : []
      try table.row(
        start + missing + [
          .text(point.map { Figures.number($0.value) } ?? "no data"),
          .text(Figures.bounds(point?.lower, point?.upper) ?? ""),
          .text(changes.contains(version.number) ? "◆ change" : ""),
        ])
    }
    try table.finish()
  }

  private func printGroups(_ document: TrendDocument, _ output: Output) throws(StoreError) {
    var table = try RowOutput(
      [document.by ?? "", "trend", "versions", "first", "last", "95 % interval", "n", "changes"],
      output)
    for series in document.series {
      guard let first = series.points.first, let last = series.points.last else { continue }
      try table.row([
        .text(series.group ?? "(none)"),
        .text(Sparkline.text(series.points.map(\.value), width: 24)),
        .integer(Int64(series.points.count)), .text(Figures.number(first.value)),
        .text(Figures.number(last.value)), .text(Figures.bounds(last.lower, last.upper) ?? ""),
        .integer(Int64(last.n)),
        .text(series.changes.map { "@\($0.version)" }.joined(separator: " ")),
      ])
    }
    try table.finish()
  }

  private func printCSV(
    _ document: TrendDocument, _ write: @escaping ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    var printer = ResultPrinter(.csv, write: write)
    try printer.begin(
      [
        "version", "created_at", document.by ?? "group", "n", "value", "lower", "upper", "change",
        "missing",
      ])
    let versions = Dictionary(uniqueKeysWithValues: document.versions.map { ($0.number, $0) })
    for series in document.series {
      let changes = Set(series.changes.map(\.version))
      for point in series.points {
        try printer.row([
          .integer(Int64(point.version)),
          versions[point.version].map { .text($0.createdAt.description) } ?? .null,
          series.group.map { .text($0) } ?? .null, .integer(Int64(point.n)), .real(point.value),
          point.lower.map { .real($0) } ?? .null, point.upper.map { .real($0) } ?? .null,
          .integer(changes.contains(point.version) ? 1 : 0), .integer(Int64(point.missing ?? 0)),
        ])
      }
    }
    try printer.finish()
  }
}
