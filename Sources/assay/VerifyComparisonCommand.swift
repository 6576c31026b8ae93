import ArgumentParser
import Model
import Wire

/// `assay verify comparison`: computes a comparison that was kept again.
struct VerifyComparisonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "comparison", abstract: "Compute a kept comparison again, and tell differences.",
    discussion: """
      Exits with 1 where the versions it names do not give the same bytes again, and tells which members \
      differ.
      """)

  @Argument(help: "The comparison: name, name@2.") var reference: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let answer = try global.openService().verifyComparison(try Reference(parsing: reference))
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
