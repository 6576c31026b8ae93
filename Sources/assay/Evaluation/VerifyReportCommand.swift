import ArgumentParser
import Model
import Wire

/// `assay verify report`: computes a saved report again.
struct VerifyReportCommand: RecomputingCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Compute a saved report again, and list differences.",
    discussion: """
      Exits with 1 where the version it names does not give the same bytes again, and lists the members \
      that differ.
      """)

  @Argument(help: "The report: name, name@2.") var reference: String
  @OptionGroup var global: GlobalOptions

  func recompute(
    _ reference: Reference, with service: any StoreService, _ progress: ProgressLine
  ) throws(StoreError) -> RecomputationDocument {
    try service.verifyReport(reference)
  }
}
