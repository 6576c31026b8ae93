import Analysis
import Model
import Scoring
import Store
import Wire

extension LocalStoreService {
  /// The scores that people gave, and what is left for them.
  struct Rated {
    var rows: [ScoreRow] = []
    /// The version with the ratings; nil where there is none yet.
    var version: Version?
    var task: ScoresDocument.Task?
  }

  /// The scores of outputs by ratings of the version that they are of.
  func rated(_ human: HumanScorer, _ planned: PlannedScores) throws(StoreError) -> Rated {
    let outputs = planned.outputs
    let name = try DatasetName(
      human.ratings ?? outputs.version.dataset.text + ".ratings")
    var rated = Rated()
    rated.version = try latest(name)
    let given = try rated.version.map { (version) throws(StoreError) in
      try ratings(of: outputs.version, by: human, in: version)
    }
    let model = outputs.identity.model
    let key = try store.snapshot(outputs.version).schema.key.filter {
      !$0.hasBytes(of: model ?? "")
    }
    let table = try table(outputs.version.pinned, columns: key).table
    let items = try RatingOutputs.items(table, key)
    var missing = 0
    for row in outputs.items.indices {
      var event = RatingEvent(kind: "", item: items[row] ?? "", rater: "")
      event.a = model == nil ? outputs.version.reference : outputs.models[row].string
      let ratings = given?[RatingUnit(event)] ?? []
      let result: Result<Score, ScoringFailure>
      do throws(ScoringFailure) {
        result = .success(try human.score(outputs.columns.item(row), ratings))
      } catch {
        result = .failure(error)
        if error == HumanScorer.unrated { missing += 1 }
      }
      rated.rows += ScoreRow.rows(human.identity, of: outputs.version.reference, result) { name in
        outputs.key(of: row, scorer: name)
      }
    }
    if missing > 0 {
      rated.task = .init(
        scorer: human.identity.name, outputs: missing,
        command: Self.rateCommand(human, outputs, to: name))
    }
    return rated
  }

  private func ratings(
    of outputs: Version, by human: HumanScorer, in version: Version
  ) throws(StoreError) -> [RatingUnit: [HumanScorer.Rating]] {
    guard version.record.kind == .ratings else { throw Self.otherKind(version) }
    var sample = RatingEvent(kind: human.labels == nil ? "score" : "label", item: "", rater: "")
    sample.rubric = human.rubric
    let metric = RatingMetric(sample)
    let counted = RatingCount(try ratings(version), acrossScorers: false)
    var found: [RatingUnit: [HumanScorer.Rating]] = [:]
    for rating in counted.metrics.first(where: { $0.metric == metric })?.ratings ?? [] {
      let sources = rating.event.source?.split(separator: " ").map(String.init)
      guard sources?.hasText(outputs.reference) ?? true else { continue }
      found[rating.unit, default: []].append(
        .init(rater: rating.rater, value: rating.event.value, label: rating.event.label))
    }
    return found
  }

  /// The command that asks people about outputs.
  private static func rateCommand(
    _ human: HumanScorer, _ outputs: ScoredOutputs, to dataset: DatasetName
  ) -> String {
    var words = ["assay", "rate", outputs.version.reference]
    if let model = outputs.identity.model { words += ["--by", model] }
    if let labels = human.labels {
      words += ["--labels", NameList.text(labels.map(\.name))]
    } else {
      words.append("--score")
    }
    if let rubric = human.rubric { words += ["--rubric", rubric] }
    words += ["--to", dataset.text]
    return words.map { ShellWord.quoted($0) }.joined(separator: " ")
  }
}
