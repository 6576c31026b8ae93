import ArgumentParser
import Foundation
import Model
import Store

/// `assay diff`: what changed between two versions.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what changed between two versions, by key.",
    discussion: """
      One version is compared with the one before it. + is a row added, - a row removed, ~ a cell \
      changed from old → new. Without a key in common, whole rows are compared. --json is --format \
      json.
      """)

  @Argument(help: "The old version; alone: the new one.") var first: String
  @Argument(help: "The new version.") var second: String?
  @Flag(help: "Only the counts.") var stat = false
  @Flag(help: "How many cells changed in each column.") var columns = false
  @Flag(help: "Exit with 1 when there are differences.") var exitCode = false
  @Option(help: "text, jsonl, json, csv or markdown.") var format = Format.text
  @Option(help: "At most so many rows.") var limit: Int?
  @OptionGroup var global: GlobalOptions

  /// How differences are printed.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, jsonl, json, csv, markdown
  }

  func run() throws {
    if let limit, limit < 0 { throw StoreError(.usage, "--limit takes a number of rows") }
    let store = try global.openStore()
    let (old, new) = try versions(store)
    let diff = try store.diff(try store.snapshot(old), try store.snapshot(new))
    let output = try Output()
    let report = DiffReport(
      old: old, new: new, diff: diff, limit: limit ?? Int.max,
      detail: columns ? .columns : stat ? .counts : .rows)
    try report.print(global.json ? .json : format, to: output)
    try output.finish()
    if exitCode, !diff.isEmpty { throw ExitCode(1) }
  }

  private func versions(_ store: Store) throws(StoreError) -> (old: Version, new: Version) {
    let version = try store.resolve(try Reference(parsing: first))
    if let second { return (version, try store.resolve(try Reference(parsing: second))) }
    guard let parent = version.record.parent else {
      throw StoreError(
        .missing, "\(version.reference) is the first version; name another to compare it with")
    }
    let reference = Reference(dataset: version.dataset, selector: .number(parent))
    return (try store.resolve(reference), version)
  }
}
