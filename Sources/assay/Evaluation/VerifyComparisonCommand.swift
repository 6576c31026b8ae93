import ArgumentParser
import Model
import Wire

/// `assay verify comparison`: computes a saved comparison again.
struct VerifyComparisonCommand: RecomputingCommand {
  static let configuration = CommandConfiguration(
    commandName: "comparison", abstract: "Compute a saved comparison again, and list differences.",
    discussion: """
      Exits with 1 where the versions it names do not give the same bytes again, and lists the members \
      that differ.
      """)

  @Argument(help: "The comparison: name, name@2.") var reference: String
  @OptionGroup var global: GlobalOptions

  func recompute(
    _ reference: Reference, with service: any StoreService, _ progress: ProgressLine
  ) throws(StoreError) -> RecomputationDocument {
    try service.verifyComparison(reference) { progress.show(part: $0) }
  }
}
