import ArgumentParser
import Model
import Reports
import Wire

/// `assay ratings`: reports on ratings.
struct RatingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ratings", abstract: "Report on ratings: agreement, strengths, bias and drift.",
    discussion: """
      For each metric (kind, rubric, scorer and its version): agreement of raters (Cohen's κ, \
      Krippendorff's α), means or shares of labels, drift of raters; for preferences the wins per pair, \
      Bradley–Terry strengths with intervals by resampling items, and whether the left side wins. \
      A corrected event no longer counts. Strengths are refused, and groups listed, where wins do not \
      lead from every arm to every other. docs/ratings.md has the columns of a rating.
      """)

  @Argument(help: "A dataset of ratings, or a version of one.") var reference: String
  @Option(help: "The arm whose strength is 0. Default: the first by name.") var anchor: String?
  @Option(help: "The number of resamples.") var resamples = 1_000
  @Option(help: "The seed of resampling.") var seed: UInt64 = 1
  @Flag(help: "Count scorers as raters of one metric: does a judge agree with people?")
  var acrossScorers = false
  @Option(help: "text, markdown or json.") var format = PageFormat.text
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var request = RatingReportRequest()
    request.anchor = anchor
    request.resamples = resamples
    request.seed = seed
    request.acrossScorers = acrossScorers
    let report = try global.openService().ratingReport(
      of: try Reference(parsing: reference), request)
    let output = try Output()
    if global.json || format == .json {
      try output.json(report)
    } else {
      try output.write(
        Array(RatingReportText.text(report, isMarkdown: format == .markdown).utf8))
    }
    try output.finish()
  }
}
