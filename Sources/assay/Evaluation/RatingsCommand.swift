import ArgumentParser
import Model
import Reports
import Wire

/// `assay ratings`: what ratings say.
struct RatingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ratings", abstract: "Report on ratings: agreement, strengths, bias and drift.",
    discussion: """
      For each metric (kind, rubric, scorer and its version): agreement of raters (Cohen's κ, \
      Krippendorff's α), means or shares of labels, drift of raters; for preferences who beat whom, \
      Bradley–Terry strengths with intervals by drawing items again, and whether the left side wins. \
      A corrected event counts no more. Strengths are refused, by groups, where wins do not lead \
      from every arm to every other. docs/ratings.md has the columns of a rating.
      """)

  @Argument(help: "A dataset of ratings, or a version of one.") var reference: String
  @Option(help: "The arm whose strength is 0. Default: the first by name.") var anchor: String?
  @Option(help: "How often items are drawn again.") var resamples = 1_000
  @Option(help: "Draws them.") var seed: UInt64 = 1
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
