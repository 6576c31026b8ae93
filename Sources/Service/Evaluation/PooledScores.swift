import Analysis
import Model
import Scoring
import Store
import Wire

/// Rows of several scorers whose values an analysis would take for items of one metric.
struct PooledScores {
  private let reference: String
  private let scorers: [String]

  /// The scorers that would be pooled; nil where rows are no scores, or of one scorer.
  /// - Parameters:
  ///   - key: The columns that identify an item.
  ///   - slices: The columns for each of whose values results are separate.
  init?(
    _ table: ColumnTable, _ schema: Schema, of version: Version, key: [String], slices: [String]
  ) {
    let column = ScoreColumns.scorer
    guard version.record.kind == .metrics, schema.key.hasText(column), key.hasText(column),
      !slices.hasText(column), let labels = try? table.labels(column)
    else { return nil }
    scorers = Set(labels.compactMap(\.self)).sorted().map(\.name)
    reference = version.reference
    if scorers.count < 2 { return nil }
  }

  /// The refusal of a comparison, with a command that works.
  func refusal(_ request: ComparisonRequest, _ options: ComparisonOptions) -> StoreError {
    var words = ["compare"]
    let arms = [request.base].compactMap(\.self) + request.candidates
    words += request.reference.map { [$0, "--by", request.by ?? ""] } ?? []
    words += arms
    for (flag, names) in [
      ("--metric", options.metrics), ("--higher", options.higher), ("--lower", options.lower),
    ] where !names.isEmpty {
      words += [flag, NameList.text(names)]
    }
    return refusal(words, options.condition)
  }

  /// The refusal of a report, with a command that works.
  func refusal(_ request: ReportRequest) -> StoreError {
    let metrics = request.metrics.flatMap { ["--metric", $0] }
    return refusal(
      ["report", request.reference, "--by", request.by] + metrics, request.condition)
  }

  /// The refusal of a registration, with a command that works.
  func refusal(_ request: GateRequest) -> StoreError {
    let gates = request.options.gates.flatMap { ["--gate", $0] }
    return refusal(
      ["gate", "create", request.save.name, "--on", request.reference] + gates,
      request.options.condition)
  }

  private func refusal(_ words: [String], _ condition: String?) -> StoreError {
    let text = (scorers.first ?? "").replacing("'", with: "''")
    let one = "\(ScoreColumns.scorer) = '\(text)'"
    let whole = condition.map { "(\($0)) and \(one)" } ?? one
    // A reader understands double quotes better; single ones hold what a shell would expand.
    let isPlain = !whole.contains(where: { "\"$`\\!".contains($0) })
    let quoted = isPlain ? "\"\(whole)\"" : ShellWord.quoted(whole)
    let command = (["assay"] + words.map(ShellWord.quoted) + ["--where", quoted])
      .joined(separator: " ")
    return StoreError(
      .usage,
      "\(reference) has values of several scorers (\(scorers.prefix(8).joined(separator: ", "))), "
        + "which are no items of one metric; pick one: \(command)")
  }
}
