import ArgumentParser
import Model
import Wire

/// `assay verify comparison`: computes a comparison that was kept again.
struct VerifyComparisonCommand: RecomputingCommand {
  static let configuration = CommandConfiguration(
    commandName: "comparison", abstract: "Compute a kept comparison again, and tell differences.",
    discussion: """
      Exits with 1 where the versions it names do not give the same bytes again, and tells which members \
      differ.
      """)

  @Argument(help: "The comparison: name, name@2.") var reference: String
  @OptionGroup var global: GlobalOptions

  func recompute(
    _ reference: Reference, with service: any StoreService, _ progress: ProgressLine
  ) throws(StoreError) -> RecomputationDocument {
    try service.verifyComparison(reference) { progress.show(part: $0) }
  }
}
