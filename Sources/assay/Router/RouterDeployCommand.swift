import ArgumentParser
import Client
import Model
import Wire

/// `assay router deploy`: makes rules live.
struct RouterDeployCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "Make a version live, at once or in steps.",
    discussion: """
      It decides the next request. When two deploy over the same version, the second fails with the author \
      and time of the first (status 75). With --ramp, growing shares of the units get it; deploy \
      it again, without --ramp or with another, to finish or change that. A version with gates needs the report \
      of a backtest that passes, or a reason to go without.
      """)

  @Argument(help: "The version: name@3.") var reference: String
  @Option(help: "The version that must be live; 0 for none. Default: any.")
  var expect: Int?
  @Option(help: "Why, in a sentence.") var message = ""
  @Option(help: "Who deploys it. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @Option(help: "Growing shares of the units: 1%,5%,25%,100%.") var ramp: Shares?
  @Option(help: "The time from one share to the next: 30m, 1h, 1d.")
  var every = Lifetime(seconds: 3600)
  @Option(
    help: "Fields that name a unit: principal.user_id. Default: those of the first split.")
  var by: [String] = []
  @Option(help: "The report that shows that its gates are met.") var backtest: String?
  @Option(help: "The reason to deploy it although its gates are not met.") var override: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let reference = try Reference(parsing: reference)
    var request = DeployRequest(version: reference.selectorText)
    request.expect = expect
    request.message = message
    request.author = Author.name(author)
    request.backtest = backtest
    request.override = override
    request.ramp = ramp.map {
      DeployRequest.Ramp(
        steps: $0.basisPoints, everySeconds: every.seconds, fields: by.isEmpty ? nil : by)
    }
    let deployment = try global.openService().deploy(reference.dataset, request)
    if let ramp = deployment.ramp, ramp.fields.isEmpty {
      ErrorReport.warn(
        "nothing names a unit, so each request is one, and a user gets both versions by turns: name "
          + "a field with --by")
    }
    DeploymentText.write(deployment, isJSON: global.json)
  }
}

/// `assay router rollback`: makes earlier rules live again.
struct RouterRollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Make the version that was live before live again.",
    discussion:
      "The version keeps its number and its digest, so decisions of before and after join.")

  @Argument(help: "The router.") var name: String
  @Option(help: "The version. Default: the one that was live before.") var to: Int?
  @Option(help: "The version that must be live. Default: any.") var expect: Int?
  @Option(help: "Why, in a sentence.") var message = ""
  @Option(help: "Who rolls back. Default: $ASSAY_AUTHOR, else user@host.") var author: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var request = RollbackRequest()
    request.version = to.map(String.init)
    request.expect = expect
    request.message = message
    request.author = Author.name(author)
    DeploymentText.write(
      try global.openService().rollback(try DatasetName(name), request), isJSON: global.json)
  }
}

/// The output of a deployment.
enum DeploymentText {
  static func write(_ deployment: DeploymentDocument, isJSON: Bool) {
    Output.confirm("\(deployment.reference) is deployed") { output throws(StoreError) in
      try write(deployment, output, isJSON: isJSON)
    }
  }

  private static func write(
    _ deployment: DeploymentDocument, _ output: Output, isJSON: Bool
  ) throws(StoreError) {
    if isJSON {
      try output.json(deployment)
    } else {
      let before = deployment.previous.map { "\(deployment.dataset)@\($0)" } ?? "nothing"
      var text = "\(deployment.reference) is live, in the place of \(before)"
      if let ramp = deployment.ramp, let first = ramp.steps.first {
        text = "\(deployment.reference) is live for \(RouterCommand.percent(first)) of the units"
        text += ", the rest stays with \(deployment.dataset)@\(ramp.over)"
      }
      try output.line(text)
    }
  }
}
