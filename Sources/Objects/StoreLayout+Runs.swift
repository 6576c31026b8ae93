package import Model

extension StoreLayout {
  private static let journalSuffix = ".log"

  /// The prefix of all files of runs into a dataset.
  package static func runPrefix(_ dataset: DatasetName) -> String { runs + dataset.text + "/" }

  /// The file that the process which executes a run into a dataset holds.
  package static func runLock(_ dataset: DatasetName) -> String { runPrefix(dataset) + "lock" }

  /// The file that asks that process to end.
  package static func runCancel(_ dataset: DatasetName) -> String {
    runPrefix(dataset) + "cancel"
  }

  /// The journal `sequence` of the run whose document is version `number`.
  package static func runName(
    _ dataset: DatasetName, number: Int, sequence: Int
  ) -> String {
    runPrefix(dataset) + digits(number) + "-" + digits(sequence) + journalSuffix
  }

  /// The number and the sequence in the name of a journal; nil for any other name.
  package static func parseRunName(
    _ name: String, _ dataset: DatasetName
  ) -> (number: Int, sequence: Int)? {
    guard name.hasPrefix(runPrefix(dataset)), name.hasSuffix(journalSuffix) else { return nil }
    let parts = name.dropFirst(runPrefix(dataset).utf8.count).dropLast(journalSuffix.utf8.count)
      .split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[0]), let sequence = Int(parts[1]), number > 0,
      sequence > 0, runName(dataset, number: number, sequence: sequence) == name
    else { return nil }
    return (number, sequence)
  }

  private static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 20 - text.utf8.count)) + text
  }
}
