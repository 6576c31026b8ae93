import Foundation
import Model
import Platform
import Reports
import Wire

/// The input and output of a rating session: a terminal, or two pipes.
struct RatingScreen {
  let isJSON: Bool
  private let isTerminal: Bool

  /// Standard input and output, which count as a terminal only when both are one.
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

  /// Asks until a valid answer comes; nil when the input has ended.
  func ask(_ choices: RatingChoices) -> RatingChoices.Answer? {
    while true {
      if isTerminal { write(Array(choices.prompt.utf8)) }
      guard let typed = isTerminal ? Keyboard.key() : readLine() else { return nil }
      if isTerminal { write([UInt8(ascii: "\n")]) }
      if let answer = choices.answer(typed) { return answer }
      say("'\(typed)' is not an answer: " + choices.prompt.dropLast(2))
    }
  }

  /// Writes a line that is not a result.
  func say(_ text: String) {
    StandardError.line(text)
  }

  /// Writes the summary of the session.
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

  private func write(_ bytes: [UInt8]) { StandardStreams.writeAvailable(bytes, on: STDOUT_FILENO) }

  /// The columns of the terminal, or those of `COLUMNS`.
  private var width: Int {
    if isTerminal, let columns = Keyboard.columns { return columns }
    return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }.map { max(20, $0) }
      ?? 80
  }
}
