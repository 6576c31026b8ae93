import ArgumentParser
import Model
import Query
import Store

/// `assay tag`: names versions.
struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "List, move or remove the tags of a dataset.",
    discussion: """
      assay tag NAME               lists the tags
      assay tag REF TAG            makes TAG name that version from now on
      assay tag --delete NAME TAG  removes the tag; its moves stay in the log
      """)

  @Argument(help: "A dataset, or the version to tag.") var reference: String
  @Argument(help: "The tag.") var tag: String?
  @Flag(help: "Remove the tag.") var delete = false
  @Option(help: "Why, in a sentence.") var message = ""
  @Option(help: "Who moves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let store = try global.openStore()
    let output = try Output()
    if delete {
      guard let tag else { throw StoreError(.usage, "--delete needs a tag: tag --delete NAME TAG") }
      let dataset = try DatasetName(reference)
      try store.tag(dataset, tag, to: nil, author: Author.name(author), message: message)
      try report(tag, nil, dataset, output)
    } else if let tag {
      let version = try store.resolve(try Reference(parsing: reference))
      try store.tag(
        version.dataset, tag, to: version, author: Author.name(author), message: message)
      try report(tag, version, version.dataset, output)
    } else {
      try list(try DatasetName(reference), store, output)
    }
    try output.finish()
  }

  private func report(
    _ tag: String, _ version: Version?, _ dataset: DatasetName, _ output: Output
  ) throws {
    if global.json {
      try output.json([
        "dataset": .text(dataset.text), "tag": .text(tag), "number": JSONValue(version?.number),
      ])
    } else {
      let target = version.map { "→ \($0.reference)" } ?? "removed"
      try output.line("tag \(tag) \(target)")
    }
  }

  private func list(_ dataset: DatasetName, _ store: Store, _ output: Output) throws {
    var table = try RowsOut(["tag", "version", "digest"], output, isJSON: global.json)
    for tag in try store.tags(of: dataset) {
      let version = try store.resolve(
        Reference(dataset: dataset, selector: .number(tag.number)))
      try table.row(
        [.text(tag.name), .text(version.reference), .text(version.snapshot.short)],
        json: [
          "dataset": .text(dataset.text), "tag": .text(tag.name),
          "number": .integer(tag.number), "snapshot": .text(version.snapshot.description),
        ])
    }
    try table.finish()
  }
}
