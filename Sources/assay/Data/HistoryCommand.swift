import ArgumentParser
import Model
import Wire

/// `assay history`: shows one item over versions.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show all changes of one item.",
    discussion: """
      The item is named by its key: the values of the key's columns in their order, or each as \
      column=value. Shows only versions in which it changed: when it was added, which cells changed from \
      old → new, when it was removed and when it returned. --json is --format json; jsonl has an object for \
      each change, csv a line for each cell.
      """)

  @Argument(help: "The dataset, or some versions of it: name, name@2..5, name@baseline..")
  var name: String
  @Argument(help: "The item's key: a value for each column of the key, or column=value.")
  var key: [String]
  @Option(help: "Only changes of these columns: a,b.") var columns: [String] = []
  @Option(help: "text, jsonl, json or csv.") var format = HistoryRequest.Format.text
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let range = try VersionRange(parsing: name, from: nil, to: nil)
    var request = HistoryRequest(key: key, format: global.json ? .json : format)
    request.columns = try NameList.names(in: columns)
    request.versions = range.versions
    let service = try global.openService()
    let output = try Output()
    _ = try output.result(isCSV: request.format == .csv) { write throws(StoreError) in
      try service.history(of: range.dataset, request, write: write)
    }
    try output.finish()
  }
}

extension HistoryRequest.Format: ExpressibleByArgument {}
