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
    let progress = ProgressLine()
    let answer = try global.openService().verifyComparison(try Reference(parsing: reference)) {
      progress.show(part: $0)
    }
    progress.clear()
    try answer.print(asJSON: global.json)
  }
}
