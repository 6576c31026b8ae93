import ArgumentParser
import Foundation
import Model
import Wire

/// `assay diff`: shows the differences between two versions.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what changed between two versions, by key.",
    discussion: """
      One version is compared with the one before it. + is a row added, - a row removed, ~ a cell \
      changed from old → new; another key and another order are reported too. Without a key in common, \
      whole rows are compared. --json is --format json.
      """)

  @Argument(help: "The old version; without a second one, the new one.") var first: String
  @Argument(help: "The new version.") var second: String?
  @Flag(help: "Only the counts.") var stat = false
  @Flag(help: "The number of cells that changed, per column.") var columns = false
  @Flag(help: "Exit with 1 when there are differences.") var exitCode = false
  @Option(help: "text, jsonl, json, csv or markdown.") var format = DiffRequest.Format.text
  @Option(help: "At most so many rows.") var limit: Int?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    if let limit, limit < 0 { throw StoreError(.usage, "--limit takes a number of rows") }
    let service = try global.openService()
    let (old, new) = try references(service)
    var request = DiffRequest(format: global.json ? .json : format)
    request.detail = columns ? .columns : stat ? .counts : .rows
    request.limit = limit
    let output = try Output()
    let differs = try output.result(isCSV: request.format == .csv) { write throws(StoreError) in
      try service.diff(old, new, request, write: write)
    }
    try output.finish()
    if exitCode, differs { throw ExitCode(1) }
  }

  private func references(
    _ service: any DatasetService
  ) throws(StoreError) -> (old: Reference, new: Reference) {
    let reference = try Reference(parsing: first)
    if let second { return (reference, try Reference(parsing: second)) }
    let version = try service.version(reference).version
    guard let parent = version.parent else {
      throw StoreError(
        .missing, "\(version.reference) is the first version; name another to compare it with")
    }
    let dataset = version.dataset
    return (
      Reference(dataset: dataset, selector: .number(parent)),
      Reference(dataset: dataset, selector: .number(version.number))
    )
  }
}

extension DiffRequest.Format: ExpressibleByArgument {}
