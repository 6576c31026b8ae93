import ArgumentParser
import Model
import Wire

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
    var request = try push.request()
    request.countsChanges = !quiet
    let source = TableFile(
      path: file, format: try TableFormat.choose(push.format, path: file),
      compression: file == "-" ? nil : FileCompression(path: file))
    let service = try global.openService()
    let progress = ProgressLine()
    let pushed: PushDocument
    do throws(StoreError) {
      pushed = try service.push(dataset, source, request) { progress.show("\($0)") }
    } catch {
      progress.clear()
      throw error
    }
    progress.clear()
    if !quiet { try report(pushed) }
  }

  private func report(_ pushed: PushDocument) throws(StoreError) {
    let version = pushed.version
    let output = try Output()
    if global.json {
      try output.json(pushed)
    } else if pushed.isNew {
      let line = "\(version.reference)  \(version.snapshot.short)  \(version.rows) rows"
      try output.line(line + (pushed.changes.map { "  " + $0.text } ?? ""))
    } else {
      try output.line("unchanged: \(version.reference)")
    }
    try output.finish()
  }
}
