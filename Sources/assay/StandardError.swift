import Model
import Platform

/// Lines for people that are not results: errors, notes, progress.
enum StandardError {
  /// Writes a line.
  static func line(_ text: String) { write(TerminalText.line(text) + "\n") }

  /// Writes one of the program's own texts of several lines, such as a usage message.
  static func lines(_ text: String) { write(TerminalText.lines(text) + "\n") }

  /// Writes a text as it is, including control sequences of the terminal.
  static func write(_ text: String) { StandardStreams.writeAvailable(text) }
}
