import ArgumentParser
import Model
import Query
import Wire

/// `assay tag`: lists, moves or removes tags.
struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "List, move or remove the tags of a dataset.",
    discussion: """
      assay tag NAME               lists the tags
      assay tag REF TAG            makes TAG name that version
      assay tag --delete NAME TAG  removes the tag; its moves stay in the log
      """)

  @Argument(help: "A dataset, or the version to tag.") var reference: String
  @Argument(help: "The tag.") var tag: String?
  @Flag(help: "Remove the tag.") var delete = false
  @Option(help: "Why, in a sentence.") var message = ""
  @Option(help: "Who moves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let service = try global.openService()
    let request = TagRequest(author: Author.name(author), message: message)
    if delete {
      guard let tag else { throw StoreError(.usage, "--delete needs a tag: tag --delete NAME TAG") }
      let dataset = try DatasetName(reference)
      try service.removeTag(tag, of: dataset, request)
      Output.confirm("the tag \(tag) is removed") { output throws(StoreError) in
        if global.json {
          try output.json(["dataset": dataset.text, "tag": tag])
        } else {
          try output.line("tag \(tag) removed")
        }
      }
    } else if let tag {
      let moved = try service.setTag(tag, to: try Reference(parsing: reference), request)
      Output.confirm("the tag \(tag) is moved") { output throws(StoreError) in
        if global.json {
          try output.json(moved)
        } else {
          try output.line("tag \(tag) → \(moved.dataset)@\(moved.number)")
        }
      }
    } else {
      let output = try Output()
      try list(try service.tags(of: try DatasetName(reference)), output)
      try output.finish()
    }
  }

  private func list(_ tags: [TagDocument], _ output: Output) throws(StoreError) {
    var table = try RowOutput(["tag", "version", "digest"], output, isJSON: global.json)
    for tag in tags {
      try table.row(
        [.text(tag.tag), .text("\(tag.dataset)@\(tag.number)"), .text(tag.snapshot.short)], tag)
    }
    try table.finish()
  }
}
