import ArgumentParser
import Model
import Wire

/// The options of a comparison, which `assay compare` and `assay gate create` share.
struct ComparisonFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Metrics whose names imply a direction: a,b.", valueName: "column"))
  var metric: [String] = []
  @Option(help: ArgumentHelp("Metrics of which more is better: a,b.", valueName: "column"))
  var higher: [String] = []
  @Option(help: ArgumentHelp("Metrics of which less is better: a,b.", valueName: "column"))
  var lower: [String] = []
  @Option(
    help: ArgumentHelp(
      "'success >= -2pp', 'cost <= +10%', 'latency_ms <= 500', 'items >= 95%'.", valueName: "gate"))
  var gate: [String] = []
  @Option(
    help: ArgumentHelp(
      "The role of a column: success=win, cost=usd; also latency, inputTokens, outputTokens, parsed, valid, refusal, expectedRefusal, finishReason, truncated, toolCall, output.",
      valueName: "role=column"))
  var role: [String] = []
  @Option(help: "The columns that identify an item: a,b. Default: the version's key.")
  var key: [String] = []
  @Option(help: ArgumentHelp("Report all metrics for each value too.", valueName: "column"))
  var slice: [String] = []
  @OptionGroup var rows: RowFlags
  @Option(help: "The coverage of intervals; 1 minus it is the rate of false alarms.")
  var confidence: Double?
  @Option(help: "The seed of resampling. Default: 1.") var seed: UInt64?
  @Option(help: "The number of resamples. Default: 9999.") var resamples: Int?
  @Option(help: "The number of worsened items to list. Default: 5.") var worst: Int?
  @Option(
    help:
      "The result of gates when items of the base are not compared: undecided, ignore or fail. Default: undecided."
  )
  var missing: ComparisonOptions.Missing?
  @Option(
    help: ArgumentHelp(
      "Compare and judge although this column differs: expected, judge.", valueName: "column"))
  var allowChange: [String] = []

  /// The options; nil without any flag.
  /// - Throws: ``StoreError`` of kind `usage` for an unknown role.
  var options: ComparisonOptions? {
    get throws(StoreError) {
      var options = ComparisonOptions()
      options.metrics = try NameList.names(in: metric) ?? []
      options.higher = try NameList.names(in: higher) ?? []
      options.lower = try NameList.names(in: lower) ?? []
      options.gates = gate
      options.roles = try MetricRoles(parsing: role)
      options.key = try NameList.names(in: key)
      options.cluster = rows.cluster
      options.repeats = rows.repeats
      options.slices = slice
      options.condition = rows.condition
      options.confidence = confidence ?? options.confidence
      options.seed = seed ?? options.seed
      options.resamples = resamples ?? options.resamples
      options.worst = worst ?? options.worst
      options.missing = missing
      options.allowedChanges = allowChange.isEmpty ? nil : allowChange
      return options == ComparisonOptions() ? nil : options
    }
  }
}

extension ComparisonOptions.Missing: ExpressibleByArgument {}
