import ArgumentParser
import Model
import Wire

/// The reading of rows as requests and results, for `router backtest` and `router suggest`.
struct TrialFlags: ParsableArguments {
  @Option(help: "The column that names the model of a row. Default: model.") var by: String?
  @Option(help: "The columns that identify an item: a,b. Default: the version's key.")
  var key: [String] = []
  @Option(
    help: ArgumentHelp(
      "The column that a field of a request comes from: request.task=task.",
      valueName: "field=column"))
  var map: [String] = []
  @Option(
    help: ArgumentHelp(
      "The value of --by that stands for a target. Default: its name, else its model.",
      valueName: "target=value"))
  var target: [String] = []
  @Option(
    help: ArgumentHelp(
      "The role of a column: success=win, cost=usd.", valueName: "role=column"))
  var role: [String] = []
  @Option(help: ArgumentHelp("Metrics of which more is better: a,b.", valueName: "column"))
  var higher: [String] = []
  @Option(help: ArgumentHelp("Metrics of which less is better: a,b.", valueName: "column"))
  var lower: [String] = []
  @OptionGroup var rows: RowFlags
  @OptionGroup var scores: ScoresFlags
  @Option(help: "The coverage of intervals. Default: 0.95.") var confidence: Double?
  @Option(help: "The seed of resampling. Default: 1.") var seed: UInt64?
  @Option(help: "The number of resamples. Default: 9999.") var resamples: Int?

  /// The options that the flags describe, with defaults for the others.
  var options: BacktestOptions {
    get throws(StoreError) {
      var options = BacktestOptions()
      options.by = by ?? options.by
      options.key = try NameList.names(in: key)
      options.map = try Self.pairs(map, "field=column")
      options.targets = try Self.pairs(target, "target=value")
      options.roles = try MetricRoles(parsing: role)
      options.higher = try NameList.names(in: higher) ?? []
      options.lower = try NameList.names(in: lower) ?? []
      options.cluster = rows.cluster
      options.repeats = rows.repeats
      options.condition = rows.condition
      options.confidence = confidence ?? options.confidence
      options.seed = seed ?? options.seed
      options.resamples = resamples ?? options.resamples
      return options
    }
  }

  private static func pairs(
    _ texts: [String], _ form: String
  ) throws(StoreError) -> [DataText: String] {
    var pairs: [DataText: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
        pairs.updateValue(String(parts[1]), forKey: DataText(parts[0])) == nil
      else { throw StoreError(.usage, "'\(text)' is not of the form \(form), each once") }
    }
    return pairs
  }
}
