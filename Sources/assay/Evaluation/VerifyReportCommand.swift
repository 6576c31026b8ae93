import ArgumentParser
import Model
import Wire

/// `assay verify report`: computes a report that was kept again.
struct VerifyReportCommand: RecomputingCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Compute a kept report again, and tell differences.",
    discussion: """
      Exits with 1 where the version it names does not give the same bytes again, and tells which members \
      differ.
      """)

  @Argument(help: "The report: name, name@2.") var reference: String
  @OptionGroup var global: GlobalOptions

  func recompute(
    _ reference: Reference, with service: any StoreService, _ progress: ProgressLine
  ) throws(StoreError) -> RecomputationDocument {
    try service.verifyReport(reference)
  }
}
