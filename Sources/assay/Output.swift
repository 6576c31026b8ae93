import Formats
import Foundation
import Model
import Wire

/// A command's results on standard output.
struct Output {
  private let sink: ByteSink

  /// Opens standard output.
  ///
  /// When its reader goes away, the process ends quietly, as `head` expects.
  init() throws(StoreError) {
    sink = try ByteSink.open(path: "-")
    Self.endWithClosedPipe()
  }

  /// Prints the result of a change that was made.
  ///
  /// A failure to print is not a failure of the command: a caller that repeats a failed command
  /// would make the change twice.
  static func confirm(
    _ done: String, _ print: (Output) throws(StoreError) -> Void
  ) {
    do throws(StoreError) {
      let output = try Output()
      _ = signal(SIGPIPE, SIG_IGN)
      try print(output)
      try output.finish()
    } catch {
      ErrorReport.warn("\(done), but that cannot be printed: \(error.message)")
    }
  }

  /// Lets a closed pipe end the process, which a sink to a pipe or to standard output prevents.
  static func endWithClosedPipe() {
    _ = signal(SIGPIPE, SIG_DFL)
  }

  /// Prints a line for people.
  func line(_ text: String) throws(StoreError) {
    try sink.write(Array((TerminalText.line(text) + "\n").utf8))
  }

  /// Prints a document on a line of its own.
  func json(_ document: some Encodable) throws(StoreError) {
    try sink.write(Documents.encode(document) + [UInt8(ascii: "\n")])
  }

  /// Prints bytes as they are.
  func write(_ bytes: [UInt8]) throws(StoreError) {
    try sink.write(bytes)
  }

  /// Writes the buffered bytes; call it once, at the end.
  func finish() throws(StoreError) {
    try sink.finish()
  }
}
