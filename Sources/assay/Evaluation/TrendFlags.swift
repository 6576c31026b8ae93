import ArgumentParser
import Model
import Wire

/// The statistic, rows and versions of `trend` and `bisect`.
struct TrendFlags: ParsableArguments {
  @Argument(help: "The dataset, or some versions of it: name, name@2..5, name@baseline..")
  var name: String
  @Option(help: "The column: numbers, or true and false.") var metric: String?
  @Option(help: "mean, rate, p50, p95, count or sum. Default: rate of true and false, else mean.")
  var stat: TrendRequest.Statistic?
  @Option(help: "One series per value of this column.") var by: String?
  @Option(help: "Only rows for which this SQL expression is true.") var `where`: String?
  @Option(
    name: .customLong("repeat"),
    help: "The column that numbers the attempts at an item. Default: that of the key.")
  var repeats: String?
  @Option(help: "The first version: a number, a tag, a date.") var from: String?
  @Option(help: "The last version.") var to: String?
  @OptionGroup var scores: ScoresFlags

  /// The dataset, and the request that the flags describe.
  func request() throws(StoreError) -> (dataset: DatasetName, request: TrendRequest) {
    let range = try VersionRange(parsing: name, from: from, to: to)
    var request = TrendRequest(metric: metric)
    request.statistic = stat
    request.group = by
    request.condition = `where`
    request.repeats = repeats
    request.scores = scores.choice
    request.versions = range.versions
    return (range.dataset, request)
  }
}

/// A dataset and a range of its versions, as a command names them.
struct VersionRange {
  let dataset: DatasetName
  /// The part after the `@` of a table of several versions.
  let versions: String

  /// Reads `name`, `name@2..5` or a name with ends given apart.
  /// - Throws: ``StoreError`` of kind `usage` for a range given twice.
  init(parsing text: String, from: String?, to: String?) throws(StoreError) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    dataset = try DatasetName(String(parts[0]))
    let isCut = from != nil || to != nil
    guard parts.count == 2 else {
      versions = isCut ? "\(from ?? "")..\(to ?? "")" : "*"
      return
    }
    guard !isCut else {
      throw StoreError(.usage, "name the versions once: \(text), or --from and --to")
    }
    versions = String(parts[1])
  }
}

extension TrendRequest.Statistic: ExpressibleByArgument {}
