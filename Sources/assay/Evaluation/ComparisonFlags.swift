import ArgumentParser
import Model
import Wire

/// How arms are compared: what `assay compare` and `assay gate create` have in common.
struct ComparisonFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Metrics whose names tell which way is up: a,b.", valueName: "column"))
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
      "The part a column plays: success=win, cost=usd; also latency, inputTokens, outputTokens, parsed, valid, refusal, expectedRefusal, finishReason, truncated, toolCall, output.",
      valueName: "part=column"))
  var role: [String] = []
  @Option(help: "The columns that identify an item: a,b. Default: the version's key.")
  var key: [String] = []
  @Option(help: ArgumentHelp("Tell everything for each value too.", valueName: "column"))
  var slice: [String] = []
  @OptionGroup var rows: RowFlags
  @Option(help: "The coverage of intervals; 1 less it is the chance of a false alarm.")
  var confidence: Double?
  @Option(help: "Where random draws begin. Default: 1.") var seed: UInt64?
  @Option(help: "How often rows are drawn again. Default: 9999.") var resamples: Int?
  @Option(help: "How many of the items that got worse are named. Default: 5.") var worst: Int?
  @Option(
    help:
      "What becomes of gates where items of the base are not compared: undecided, ignore or fail. Default: undecided."
  )
  var missing: ComparisonOptions.Missing?
  @Option(
    help: ArgumentHelp(
      "Compare and judge although this column differs: expected, judge.", valueName: "column"))
  var allowChange: [String] = []

  /// The options; nil where nothing was said.
  /// - Throws: ``StoreError`` of kind `usage` for a part that there is not.
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
