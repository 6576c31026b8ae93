import ArgumentParser
import Model
import Query
import Store

/// `assay log`: what happened to a dataset.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show what happened to a dataset, newest first.",
    discussion: "With --json: an object a line.")

  @Argument(help: "The dataset.") var name: String
  @Flag(help: "Count the rows each version added, removed and changed.") var stat = false
  @Option(help: "At most so many records.") var limit: Int?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    if let limit, limit < 0 { throw StoreError(.usage, "--limit takes a number of records") }
    let store = try global.openStore()
    let dataset = try DatasetName(name)
    let output = try Output()
    var titles = ["time", "change", "digest", "rows"]
    if stat { titles.append("against parent") }
    var table = try RowsOut(titles + ["author", "message"], output, isJSON: global.json)
    for (digest, record) in try store.log(of: dataset, limit: limit ?? Int.max) {
      var counts: ChangeCounts?
      let version = Version(record, digest: digest)
      if stat, let version { counts = try ChangeCounts(version, in: store) }
      try table.row(
        cells(record, counts),
        json: .object(members(record, digest, version) + (counts?.json ?? [])))
    }
    try table.finish()
    try output.finish()
  }

  private func cells(_ record: LogRecord, _ counts: ChangeCounts?) -> [QueryValue] {
    let time: Timestamp
    var what: [QueryValue]
    let message: String
    switch record.change {
    case .version(let version):
      time = version.createdAt
      what = [
        .text("\(record.dataset)@\(version.number)"), .text(version.snapshot.short),
        .integer(Int64(version.rows)),
      ]
      message = version.message
    case .tag(let tag):
      time = record.time
      let target = tag.number.map { "→ \(record.dataset)@\($0)" } ?? "removed"
      what = [.text("tag \(tag.name) \(target)"), .null, .null]
      message = tag.message
    }
    if stat { what.append(counts.map { .text($0.text) } ?? .null) }
    return [.text(time.description)] + what + [.text(record.author), .text(message)]
  }

  private func members(
    _ record: LogRecord, _ digest: Digest, _ version: Version?
  ) -> [(name: String, value: JSONValue)] {
    if let version { return [("change", .text("version"))] + version.json }
    guard case .tag(let tag) = record.change else { return [] }
    return [
      ("change", .text("tag")),
      ("dataset", .text(record.dataset.text)),
      ("tag", .text(tag.name)),
      ("number", JSONValue(tag.number)),
      ("message", .text(tag.message)),
      ("author", .text(record.author)),
      ("savedAt", .text(record.time.description)),
      ("sequence", .integer(record.sequence)),
      ("record", .text(digest.description)),
    ]
  }
}
