import ArgumentParser
import Model
import Reports
import Wire

/// `assay rate`: asks a person which output is better, item by item.
struct RateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate", abstract: "Rate outputs by hand: preferences, scores or labels.",
    discussion: """
      assay rate REF --by model   shows two models' outputs of an item side by side
      assay rate REF REF          the outputs of two versions
      assay rate REF --score      one output at a time, from 1 to 5; or --labels good,bad

      Names are hidden. The seed gives the order of items, the same for all raters, and the sides, for \
      each rater separately. Keys: l left, r right, t tie, or a number; s skip, u undo, q quit. \
      A rating is saved before the next item is shown; a later run continues with the remaining ones. \
      Without a terminal, answers are read from standard input, one per line; --json prints tasks as \
      JSON. 'assay ratings' reports on what was rated.
      """)

  @Argument(help: "The version with the outputs, or two to compare.") var references: [String]
  @Option(help: "The column whose values are compared.") var by: String?
  @Option(help: "The column that identifies items. Default: the key.") var item: String?
  @Option(help: "Only these of them, with commas between.") var arms: [String] = []
  @Option(help: "The columns shown, the output last. Default: by their usual names.")
  var columns: [String] = []
  @Flag(help: "Give scores from 1 to 5.") var score = false
  @Option(help: "Give one of these labels, with commas between.") var labels: [String] = []
  @Option(help: "The dataset that the ratings are added to. Default: NAME.ratings.") var to: String?
  @Option(help: "Who rates. Default: $ASSAY_AUTHOR, else user@host.") var rater: String?
  @Option(help: "The question that raters answer.") var rubric = RatingEvent.defaultRubric
  @Option(help: "human, or the name of a judge.") var scorer = RatingEvent.defaultScorer
  @Option(help: "Its version.") var scorerVersion = RatingEvent.defaultScorerVersion
  @Option(help: "The seed of the order of items and sides.") var seed = 1
  @Option(help: "At most so many ratings.") var limit: Int?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...2).contains(references.count) else {
      throw ValidationError("name one version or two")
    }
    guard !score || labels.isEmpty else {
      throw ValidationError("--score and --labels are two ways of rating; take one")
    }
    guard seed >= 0, limit ?? 1 > 0 else {
      throw ValidationError("--seed takes a number from 0 on, --limit one from 1 on")
    }
  }

  func run() throws {
    let subject = RatingSubject(
      ref: references[0], against: references.count > 1 ? references[1] : nil, by: by, item: item,
      arms: try NameList.names(in: arms))
    let dataset = try DatasetName(
      to ?? (try Reference(parsing: references[0]).dataset.text + ".ratings"))
    var request = RatingTaskRequest(subject: subject, rater: name)
    request.kind = score ? "score" : labels.isEmpty ? "preference" : "label"
    request.columns = try NameList.names(in: columns)
    request.seed = seed
    request.rubric = rubric
    request.scorer = scorer
    request.scorerVersion = scorerVersion
    let choices = try RatingChoices(
      kind: request.kind, labels: try NameList.names(in: labels) ?? [])
    var session = RatingSession(
      service: try global.openService(), dataset: dataset, request: request, choices: choices,
      screen: RatingScreen(isJSON: global.json), limit: limit)
    try session.run()
  }

  private var name: String {
    let given = Author.name(rater)
    return given.isEmpty ? Author.local : given
  }
}
