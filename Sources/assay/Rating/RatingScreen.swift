import Foundation
import Model
import Platform
import Reports
import Wire

/// Where tasks are shown and answers typed: a terminal, or two pipes.
struct RatingScreen {
  private let isJSON: Bool
  private let isTerminal: Bool

  /// Standard input and output, which are a terminal only together.
  init(isJSON: Bool) {
    self.isJSON = isJSON
    isTerminal = !isJSON && isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0
    Output.endWithClosedPipe()
  }

  /// Shows a task.
  func show(_ document: RatingTaskDocument) {
    guard let task = document.task else { return }
    if isJSON {
      write(Documents.encode(document) + [UInt8(ascii: "\n")])
      return
    }
    let lines =
      RatingTaskText.lines(task, width: width)
      + [
        "item \(TerminalText.line(task.item)) · \(document.done) done, \(document.remaining) left"
      ]
    // From the top of an empty screen.
    let start = isTerminal ? "\u{1B}[2J\u{1B}[H" : ""
    write(Array((start + lines.joined(separator: "\n") + "\n").utf8))
  }

  /// Asks until an answer comes that is one; nil when no more will come.
  func ask(_ choices: RatingChoices) -> RatingChoices.Answer? {
    while true {
      if isTerminal { write(Array(choices.prompt.utf8)) }
      guard let typed = isTerminal ? Keyboard.key() : readLine() else { return nil }
      if isTerminal { write([UInt8(ascii: "\n")]) }
      if let answer = choices.answer(typed) { return answer }
      say("'\(typed)' is no answer: " + choices.prompt.dropLast(2))
    }
  }

  /// Says something that is no result.
  func say(_ text: String) {
    StandardError.line(text)
  }

  /// Says what came of the sitting.
  func end(_ summary: RatingSession.Summary) {
    if isJSON {
      write(Documents.encode(summary) + [UInt8(ascii: "\n")])
      return
    }
    var text = summary.version.map { "\($0)  +\(summary.rated)" } ?? "nothing rated"
    if summary.corrected > 0 { text += "  \(summary.corrected) corrected" }
    if summary.skipped > 0 { text += "  \(summary.skipped) skipped" }
    write(Array((text + "  \(summary.remaining) left\n").utf8))
  }

  private func write(_ bytes: [UInt8]) { StandardStreams.tell(bytes, on: STDOUT_FILENO) }

  /// The columns of the terminal, or those that `COLUMNS` says.
  private var width: Int {
    if isTerminal, let columns = Keyboard.columns { return columns }
    return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }.map { max(20, $0) }
      ?? 80
  }
}
