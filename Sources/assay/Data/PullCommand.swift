import ArgumentParser
import FileTransfer
import Formats
import Model
import Wire

/// `assay pull`: writes a version to a file.
struct PullCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Write a version to a file.",
    discussion: """
      The format is --format's, else the file's extension; jsonl on standard output. JSON has no NaN and \
      no infinity: both become null, while parquet, arrow and csv keep them.

      With --files, each attachment is written to a folder, and the table has its path there. Files that \
      are there already are not fetched again.
      """)

  @Argument(help: "The version: name, name@3, name@baseline, name@2026-10-01, name@latest~2.")
  var reference: String
  @Option(name: .shortAndLong, help: "The file; - for standard output, also .gz and .zst.")
  var output = "-"
  @Option(help: "Format of the file. Default: by its extension.") var format: FileFormat?
  @Option(help: "Only these columns, in this order: a,b.") var columns: [String] = []
  @Option(name: .customLong("where"), help: "Only rows for which this SQL expression is true.")
  var condition: String?
  @Option(help: "In the order of these columns: a,b desc. Default: the version's order.")
  var order: String?
  @Option(help: "Leave out so many rows at the start.") var offset = 0
  @Option(help: "At most so many rows.") var limit: Int?
  @Option(
    help: ArgumentHelp(
      "A folder to write attachments to; the table names them there.", valueName: "folder"))
  var files: String?
  @Flag(help: "Write nulls as null instead of leaving them out.") var nulls = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard offset >= 0, limit ?? 0 >= 0 else {
      throw StoreError(.usage, "--offset and --limit take numbers of rows")
    }
    let request = try request()
    let reference = try Reference(parsing: self.reference)
    let service = try global.openService()
    // Opened with the first bytes, so that a refused request leaves no trace.
    var opened: ByteSink?
    let progress = ProgressLine()
    let show = { (step: Progress) in progress.show("\(step)") }
    let write = { (bytes: [UInt8]) throws(StoreError) in
      let sink = if let opened { opened } else { try open() }
      opened = sink
      try sink.write(bytes)
    }
    let pulled: DataDocument
    if let files {
      let folder = FileFolder(files, table: output)
      pulled = try service.data(reference, request, files: folder, progress: show, write: write)
    } else {
      pulled = try service.data(reference, request, progress: show, write: write)
    }
    let sink = if let opened { opened } else { try open() }
    try sink.finish()
    progress.clear()
    let isInAnswer = global.json && output != "-"
    for note in pulled.notes ?? [] { ErrorReport.report(note: note, isPartOfAnswer: isInAnswer) }
    if isInAnswer { try report(pulled) }
  }

  private func open() throws(StoreError) -> ByteSink {
    let sink = try ByteSink.open(path: output)
    if output == "-" { Output.endWithClosedPipe() }
    return sink
  }

  private func report(_ pulled: DataDocument) throws(StoreError) {
    let output = try Output()
    try output.json(PulledFile(file: self.output, data: pulled))
    try output.finish()
  }

  private func request() throws(StoreError) -> DataRequest {
    var request = DataRequest(format: try chosenFormat())
    request.columns = try NameList.names(in: columns)
    request.condition = condition
    request.order = order
    request.offset = offset
    request.limit = limit
    request.writesNulls = nulls
    return request
  }

  private func chosenFormat() throws(StoreError) -> FileFormat {
    if format == nil, output == "-" { return .jsonl }
    return try FileFormat.choose(format, path: output)
  }
}

/// A file that was written: one JSON object with the version's members and its own.
private struct PulledFile: Encodable {
  let file: String
  let data: DataDocument

  private enum CodingKeys: String, CodingKey {
    case file, rowsWritten, notes
  }

  func encode(to encoder: any Encoder) throws {
    try data.version.encode(to: encoder)
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(file, forKey: .file)
    try members.encode(data.rowsWritten, forKey: .rowsWritten)
    try members.encodeIfPresent(data.notes, forKey: .notes)
  }
}
