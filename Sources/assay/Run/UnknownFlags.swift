import ArgumentParser
import Foundation
import Model
import Providers

/// The choice about calls whose outcomes are not known.
struct UnknownFlags: ParsableArguments {
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case retry, skip, ask
  }

  @Option(
    help: ArgumentHelp(
      """
      Calls that were under way when a process was killed: retry (the default) makes them again, skip \
      leaves them out, ask asks.
      """,
      valueName: "choice"))
  var onUnknown = Choice.retry
}

extension UnknownFlags.Choice {
  /// Returns true when such calls are to be made again.
  /// - Throws: ``StoreError`` of kind `usage` without a terminal to ask at.
  func repeats(_ count: Int, atMost bound: Int64?) throws(StoreError) -> Bool {
    switch self {
    case .retry: return true
    case .skip: return false
    case .ask:
      let price = bound.map { " (at most \(Nanodollars.text($0)))" } ?? ""
      let calls = count == 1 ? "1 call was" : "\(count) calls were"
      let what =
        "\(calls) under way\(price) when the run was interrupted, and may have been answered"
      guard isatty(STDIN_FILENO) != 0 else {
        throw StoreError(
          .usage, "\(what): make them again with --on-unknown retry, or leave them out with skip")
      }
      ErrorReport.report(note: "\(what): make them again? (y/n)", isPartOfAnswer: false)
      return readLine()?.lowercased().hasPrefix("y") == true
    }
  }
}
