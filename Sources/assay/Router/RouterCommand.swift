import ArgumentParser
import Formats
import Model

/// `assay router`: manages routing rules and their deployments.
struct RouterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "router", abstract: "Save, deploy and try routing rules.",
    discussion: """
      A router is a dataset of kind rules: its versions are documents route.rules/1, which \
      docs/routing.md explains, and its log records which of them was live when.
      """,
    subcommands: [
      RouterPushCommand.self, RouterShowCommand.self, RouterLogCommand.self,
      RouterDiffCommand.self, RouterDeployCommand.self, RouterRollbackCommand.self,
      RouterEvaluateCommand.self, RouterDecisionsCommand.self, RouterBacktestCommand.self,
      RouterSuggestCommand.self, RouterExperimentCommand.self,
    ])

  /// Reads a file, or standard input for `-`.
  static func read(_ path: String) throws(StoreError) -> [UInt8] {
    let source = try FileSource.open(path: path)
    var bytes: [UInt8] = []
    while try source.read(1 << 16, appendingTo: &bytes) > 0 {}
    return bytes
  }

  /// Formats basis points for people: `5 %`, `0.25 %`.
  static func percent(_ basisPoints: Int) -> String {
    let rest = basisPoints % 100
    let digits = rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
    return "\(basisPoints / 100)" + (rest == 0 ? "" : "." + digits) + " %"
  }
}

/// Shares of a ramp: `1%,5%,25%,100%`.
struct Shares: ExpressibleByArgument {
  let basisPoints: [Int]

  init?(argument: String) {
    var shares: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard part.last == "%", let percent = Double(part.dropLast()), percent > 0, percent <= 100,
        let share = Int(exactly: (percent * 100).rounded()),
        abs(percent * 100 - Double(share)) < 1e-6
      else { return nil }
      shares.append(share)
    }
    basisPoints = shares
  }
}
