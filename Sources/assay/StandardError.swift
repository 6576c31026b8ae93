import Model
import Platform

/// Lines for people that are no result: errors, notes, progress.
enum StandardError {
  /// Writes a line.
  static func line(_ text: String) { write(TerminalText.line(text) + "\n") }

  /// Writes a text of our own that has lines, such as a usage message.
  static func lines(_ text: String) { write(TerminalText.lines(text) + "\n") }

  /// Writes a text as it is, with what a terminal obeys.
  static func write(_ text: String) { StandardStreams.tell(text) }
}
