import ArgumentParser
import Model
import Query
import Wire

/// `assay router show`: shows one rule set.
struct RouterShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a router's rules, and what is live.")

  @Argument(help: "The version: name, name@3, name@sha256:ab12….") var reference: String
  @Flag(help: "Only the document, as it can be pushed again.") var document = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let service = try global.openService()
    let reference = try Reference(parsing: reference)
    let set = try service.ruleSet(reference)
    let output = try Output()
    if document {
      try output.write(set.document.canonicalBytes)
      try output.line("")
    } else if global.json {
      try output.json(set)
    } else {
      try print(set, try service.router(reference.dataset), output)
    }
    try output.finish()
  }

  private func print(
    _ set: RuleSetDocument, _ router: RouterDocument, _ output: Output
  ) throws(StoreError) {
    try output.line("\(set.version.reference)  \(set.digest.short)  \(set.version.message)")
    try output.line(live(router))
    try output.line("")
    var table = try RowOutput(["rule", "when", "serves", "then", "shadow"], output)
    for rule in set.rules {
      try table.row([
        .text(rule.enabled ? rule.name : "(\(rule.name))"), .text(rule.when), .text(rule.serves),
        .text(rule.fallbacks.joined(separator: ", ")),
        .text(rule.shadows.joined(separator: ", ")),
      ])
    }
    try table.row([.text("default"), .text(""), .text(set.fallback), .null, .null])
    try table.finish()
  }

  private func live(_ router: RouterDocument) -> String {
    guard let live = router.live else { return "nothing is live" }
    var text = "live: \(live.reference), deployed by \(live.author) at \(live.savedAt)"
    if let share = router.share, let ramp = live.ramp, share < 10_000 {
      text +=
        ", for \(RouterCommand.percent(share)) of the units; the rest has \(live.dataset)@\(ramp.over)"
    }
    return text
  }
}

/// `assay router log`: shows the deployments of a router.
struct RouterLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show which version was live when, newest first.",
    discussion: "With --json: an object per line.")

  @Argument(help: "The router.") var name: String
  @Option(help: "At most so many deployments.") var limit: Int?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    if let limit, limit < 0 { throw StoreError(.usage, "--limit takes a number of deployments") }
    let deployments = try global.openService().deployments(of: try DatasetName(name), limit: limit)
    let output = try Output()
    var table = try RowOutput(
      ["time", "live", "before", "why", "author", "message"], output, isJSON: global.json)
    for deployment in deployments {
      try table.row(
        [
          .text(deployment.savedAt.description), .text(deployment.reference),
          deployment.previous.map { .text("\(deployment.dataset)@\($0)") } ?? .null,
          .text(why(deployment)), .text(deployment.author), .text(deployment.message),
        ], deployment)
    }
    try table.finish()
    try output.finish()
  }

  private func why(_ deployment: DeploymentDocument) -> String {
    var words = [deployment.reason.rawValue]
    if let ramp = deployment.ramp {
      let shares = ramp.steps.map { RouterCommand.percent($0) }.joined(separator: ", ")
      words.append("by \(shares) every \(ramp.everySeconds) s")
    }
    if let backtest = deployment.backtest { words.append("on \(backtest.reference)") }
    if let override = deployment.override { words.append("overriding its gates: \(override)") }
    return words.joined(separator: ", ")
  }
}
