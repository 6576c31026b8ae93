import ArgumentParser
import FileTransfer
import Model
import Wire

/// `assay push`: saves a file as the next version of a dataset.
struct PushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Save a file as the next version of a dataset.",
    discussion: """
      Prints the version, its digest, its rows and the changes from the one before: rows added, removed \
      and changed. Content equal to the latest version's makes no new one.

      With --files, the columns named hold paths of files, in the folder of the table or below it. Each \
      file is put into the store unless the store has it, and the columns become columns of files.
      """)

  @Argument(help: "The dataset, which is created when missing.") var name: String
  @Argument(
    help: """
      A .jsonl, .json, .csv, .parquet or .arrow file (.feather too), also .gz or .zst; - for standard \
      input.
      """)
  var file: String
  @OptionGroup var push: PushFlags
  @Option(
    help: ArgumentHelp(
      "Columns that hold paths of files to be put into the store: a,b.", valueName: "columns"))
  var files: [String] = []
  @Option(
    help: ArgumentHelp(
      "The folder that these paths are relative to, and may lead out of.", valueName: "folder"))
  var filesRoot: String?
  @Flag(help: "Do not count changes and print nothing.") var quiet = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let dataset = try DatasetName(name)
    var request = try push.request()
    request.countsChanges = !quiet
    let key = request.idempotencyKey ?? Repetition.makeKey()
    request.isKeyMadeUp = request.idempotencyKey == nil
    request.idempotencyKey = key
    let source = TableFile(
      path: file, format: try FileFormat.choose(push.format, path: file),
      compression: file == "-" ? nil : FileCompression(path: file))
    let paths = try filePaths()
    let service = try global.openService()
    let progress = ProgressLine()
    let pushed: PushDocument
    do throws(StoreError) {
      if let paths {
        pushed = try service.push(dataset, source, request, files: paths) {
          progress.show("\($0)")
        }
      } else {
        pushed = try service.push(dataset, source, request) { progress.show("\($0)") }
      }
    } catch {
      progress.clear()
      throw Repetition.advising(error, key: key)
    }
    progress.clear()
    for warning in pushed.warnings ?? [] { ErrorReport.warn(warning) }
    if !quiet { report(pushed) }
  }

  /// The columns of `--files` with their folder; nil without it.
  private func filePaths() throws(StoreError) -> FilePaths? {
    guard !files.isEmpty else {
      if filesRoot != nil { throw StoreError(.usage, "--files-root goes with --files") }
      return nil
    }
    return try FilePaths(columns: try NameList.names(in: files) ?? [], table: file, root: filesRoot)
  }

  private func report(_ pushed: PushDocument) {
    for note in pushed.notes { ErrorReport.report(note: note) }
    let version = pushed.version
    Output.confirm("\(version.reference) is saved") { output throws(StoreError) in
      if global.json {
        try output.json(pushed)
      } else if pushed.isNew {
        let line = "\(version.reference)  \(version.snapshot.short)  \(version.rows) rows"
        try output.line(line + (pushed.changes.map { "  " + $0.text } ?? ""))
      } else {
        try output.line("unchanged: \(version.reference)")
      }
    }
  }
}
