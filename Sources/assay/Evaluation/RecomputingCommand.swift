import ArgumentParser
import Model
import Wire

/// A command that computes a saved document again, and ends with status 1 where the bytes differ.
protocol RecomputingCommand: ParsableCommand {
  /// The version of the saved document.
  var reference: String { get }
  var global: GlobalOptions { get }

  /// Computes the document again, showing the progress.
  func recompute(
    _ reference: Reference, with service: any StoreService, _ progress: ProgressLine
  ) throws(StoreError) -> RecomputationDocument
}

extension RecomputingCommand {
  func run() throws {
    let progress = ProgressLine()
    let answer = try recompute(
      try Reference(parsing: reference), with: try global.openService(), progress)
    progress.clear()
    let output = try Output()
    if global.json {
      try output.json(answer)
    } else if answer.isEqual {
      try output.line("\(answer.reference) computed again: the same bytes")
    } else {
      try output.line("\(answer.reference) computed again: not the same")
      for difference in answer.differences {
        let (old, new) = (difference.saved ?? "nothing", difference.recomputed ?? "nothing")
        try output.line("\(difference.pointer): \(old.prefix(60)) → \(new.prefix(60))")
      }
    }
    try output.finish()
    if !answer.isEqual { throw ExitCode(1) }
  }
}
