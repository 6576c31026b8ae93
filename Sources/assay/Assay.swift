import ArgumentParser
import Foundation
import Model
import Platform

/// The command line: subcommands over a store.
///
/// Parses options, calls the store and prints the answer; it makes no decision that another
/// interface (the REST API) would have to repeat.
@main
struct Assay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "Keeps evaluation results as named, numbered, immutable versions.",
    discussion: """
      The store is --store, else $ASSAY_STORE, else the nearest .assay folder upwards. It is a folder, or \
      a server's URL; then $ASSAY_TOKEN has the token.

      Exit status: 0 done; 1 a negative answer (differences with --exit-code, a failed gate, damage \
      found); 2 too little data for a gate; 64 usage; 65 bad input data; 66 no such file, dataset or version; 74 input or output failed; 75 conflict \
      with another change, try again; 77 not allowed.

      --generate-completion-script bash, zsh or fish prints completions for these commands.
      """,
    version: assayVersion,
    subcommands: [
      InitCommand.self, PushCommand.self, PullCommand.self, ListCommand.self, LogCommand.self,
      ShowCommand.self, DiffCommand.self, TagCommand.self, QueryCommand.self,
      TrendCommand.self, HistoryCommand.self, BisectCommand.self,
      ScoreCommand.self, CompareCommand.self, GateCommand.self, ReportCommand.self,
      RateCommand.self, RatingsCommand.self,
      VerifyCommand.self, CollectCommand.self, ReindexCommand.self, StatsCommand.self,
      RouterCommand.self, ProviderCommand.self, PricesCommand.self, PromptCommand.self,
      RunCommand.self,
      ServeCommand.self, TokenCommand.self,
    ])

  /// Runs the command that the arguments name and ends the process with its exit status.
  static func main() {
    StandardStreams.hold()
    StandardStreams.ignoreSignalsOfWrites()
    ProcessMemory.keepFreedBuffers()
    do {
      // Swift reads them from /proc; without them, every command would be a call for help that ends
      // with 0.
      guard !CommandLine.arguments.isEmpty else {
        throw StoreError(.unavailable, "the arguments cannot be read; nothing was done")
      }
      try OpenFileLimit.require()
      try CommandNames.check(Array(CommandLine.arguments.dropFirst()), of: Self.self)
      var command = try parseAsRoot()
      try command.run()
    } catch let error as StoreError {
      ErrorReport(error).report()
      Foundation.exit(error.kind.exitStatus)
    } catch  where exitCode(for: error) == .validationFailure && ErrorReport.isJSONWanted {
      ErrorReport(StoreError(.usage, message(for: error))).report()
      Foundation.exit(StoreError.Kind.usage.exitStatus)
    } catch  where exitCode(for: error) == .validationFailure {
      ErrorReport.report(usage: fullMessage(for: error))
      Foundation.exit(StoreError.Kind.usage.exitStatus)
    } catch {
      exit(withError: error)
    }
  }
}
