import ArgumentParser

/// The rows of a version that an evaluation reads, and the columns that group them.
struct RowFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Cluster rows by this column.", valueName: "column"))
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
