import ArgumentParser
import Model
import Wire

/// `assay router push`: saves rules.
struct RouterPushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Check rules and save them as the next version.",
    discussion: """
      Every fault is listed by its JSON pointer, and then nothing is saved. Rules equal to a saved version \
      make no new one. Ranges of a split that the file leaves out are cut from the parent's so that the \
      fewest units move; the share that moves is reported, with --dry-run before anything is saved.
      """)

  @Argument(help: "The router.") var name: String
  @Argument(help: "The document; - reads standard input.") var file: String
  @Option(help: "What changed, in a sentence. Default: the document's comment.") var message = ""
  @Option(help: "Who saves it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @Option(help: "The number the latest version must have; 0 for none. Default: the parent_version.")
  var expect: Int?
  @Flag(help: "Report what would be saved, and save nothing.") var dryRun = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    if let expect, expect < 0 { throw StoreError(.usage, "--expect takes 0 or a version's number") }
    let document = try RouterCommand.read(file)
    var request = RulesPushRequest()
    request.message = message
    request.author = Author.name(author)
    request.expect = expect
    request.isDryRun = dryRun
    let pushed = try global.openService().pushRules(try DatasetName(name), document, request)
    Output.confirm("\(pushed.version?.reference ?? name) is saved") { output throws(StoreError) in
      if global.json {
        try output.json(pushed)
      } else {
        try print(pushed, output)
      }
    }
  }

  private func print(_ pushed: RulesPushDocument, _ output: Output) throws(StoreError) {
    guard pushed.isNew else {
      try output.line("unchanged: \(pushed.version?.reference ?? name)")
      return
    }
    let saved = pushed.version?.reference ?? "\(name): nothing saved, it is only tried"
    try output.line("\(saved)  \(pushed.digest.short)")
    try RuleText.write(pushed.changes, pushed.movement, output)
  }
}

/// The changes from one rule set to the next, as text for people.
enum RuleText {
  static func write(
    _ changes: [RuleChangeDocument], _ movement: [MovementDocument], _ output: Output
  ) throws(StoreError) {
    for change in changes {
      let sign =
        switch change.change {
        case .added: "+"
        case .removed: "-"
        case .changed: "~"
        case .moved: "↕"
        }
      let members = change.members.isEmpty ? "" : "  " + change.members.joined(separator: ", ")
      try output.line("\(sign) \(change.what)\(members)")
    }
    for move in movement {
      let why =
        switch move.cause {
        case "weights": "shares changed"
        case "reshuffled": "all are redrawn, since the salt or the fields changed"
        default: "it serves otherwise"
        }
      let share = RouterCommand.percent(move.basisPoints)
      try output.line("\(share) of the units of \(move.rule) move: \(why)")
    }
  }
}
