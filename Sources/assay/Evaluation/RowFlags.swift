import ArgumentParser

/// The rows of a version that an evaluation reads, and which of them belong together.
struct RowFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Rows with the same value share their luck.", valueName: "column"))
  var cluster: String?
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("The column that numbers the attempts at an item.", valueName: "column"))
  var repeats: String?
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only rows for which this SQL expression is true.", valueName: "sql"))
  var condition: String?
}
