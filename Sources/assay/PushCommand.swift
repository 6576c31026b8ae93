import ArgumentParser
import Formats
import Model
import Store

/// `assay push`: saves a file as the next version of a dataset.
struct PushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Save a file as the next version of a dataset.",
    discussion: """
      Prints the version, its digest, its rows and what changed against the one before: rows added, \
      removed and changed. Content that is the latest version's already makes no new one.
      """)

  @Argument(help: "The dataset, made when it is not there.") var name: String
  @Argument(help: "A .jsonl, .json or .csv file, also .gz or .zst; - for standard input.")
  var file: String
  @OptionGroup var push: PushFlags
  @Flag(help: "Do not count changes and print nothing.") var quiet = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let dataset = try DatasetName(name)
    let options = try push.options()
    let format = try TableFormat.choose(push.format, path: file)
    let store = try global.openStore()
    let reader = try TableReader.open(file, format, types: try push.columnTypes())
    let progress = ProgressLine()
    let result: PushResult
    do throws(StoreError) {
      result = try store.push(dataset, reader, options) { rows in progress.show("\(rows) rows") }
    } catch {
      progress.clear()
      throw naming(file, in: error)
    }
    progress.clear()
    if !quiet { try report(result, store) }
  }

  /// Adds the file to an error that knows only its line: the store sees rows, not files.
  private func naming(_ file: String, in error: StoreError) -> StoreError {
    guard var location = error.location, location.file == nil, location.line != nil else {
      return error
    }
    location.file = file == "-" ? "<stdin>" : file
    return StoreError(error.kind, error.message, at: location)
  }

  private func report(_ result: PushResult, _ store: Store) throws {
    let version = result.version
    let counts = result.isNew ? try ChangeCounts(version, in: store) : nil
    let output = try Output()
    if global.json {
      try output.json(
        .object(
          version.json + [
            ("isNew", .bool(result.isNew)), ("storedBytes", .integer(result.storedBytes)),
          ] + (counts?.json ?? [])))
    } else if result.isNew {
      let line = "\(version.reference)  \(version.snapshot.short)  \(version.record.rows) rows"
      try output.line(line + (counts.map { "  " + $0.text } ?? ""))
    } else {
      try output.line("unchanged: \(version.reference)")
    }
    try output.finish()
  }
}
