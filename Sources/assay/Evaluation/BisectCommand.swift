import ArgumentParser
import Model
import Reports
import Wire

/// `assay bisect`: finds the version in which a metric moved.
struct BisectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect", abstract: "Find the version in which a metric moved.",
    discussion: """
      Between --good and --bad (or the first and the last version, with --threshold) it halves the \
      stretch and reads as few versions as that takes: the number crosses --threshold, or the halfway \
      value, in the version found. Without any of the three it looks at all versions for change points \
      and takes the largest. Prints that version's details and the items that moved most. \
      Exits with 1 when the metric never moved, and with 2 when fewer than seven versions cannot show a \
      change point.
      """)

  @OptionGroup var trend: TrendFlags
  @Option(help: "A version from before the move.") var good: String?
  @Option(help: "A version from after it.") var bad: String?
  @Option(help: "The value that the number crosses.") var threshold: Double?
  @Option(help: "At most so many items.") var items = 10
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard items >= 0 else { throw StoreError(.usage, "--items takes a number of items") }
    guard threshold?.isFinite ?? true else {
      throw StoreError(.usage, "--threshold takes a number")
    }
    let (dataset, base) = try trend.request()
    var request = BisectRequest(base)
    request.good = good
    request.bad = bad
    request.threshold = threshold
    request.itemLimit = items
    let document = try global.openService().bisect(dataset, request)
    let output = try Output()
    if global.json {
      try output.json(document)
    } else {
      for line in BisectText.lines(document) { try output.line(line) }
      let scores = ScoresText.used(
        document.scores?.map(\.reference), areNewest: trend.scores.choice == nil)
      if let scores { try output.line(scores) }
    }
    try output.finish()
    if document.isUndecided { throw ExitCode(2) }
    if document.moves.isEmpty { throw ExitCode(1) }
  }
}
