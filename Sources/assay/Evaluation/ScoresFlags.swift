import ArgumentParser

/// The scores that stand beside a version's own columns.
struct ScoresFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take these scores, or none. Default: the newest of NAME.scores.", valueName: "ref"))
  var scores: [String] = []

  /// The references, or none; nil for the newest.
  var choice: [String]? { scores.isEmpty ? nil : scores }
}
