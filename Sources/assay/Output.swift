import Formats
import Foundation
import Model
import Query
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

  /// True when standard output is a terminal, whose reader is a person.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Prints the text of a result, as its reader may have it.
  /// - Parameter body: Called with what takes the pieces.
  func result<Value>(
    isCSV: Bool,
    _ body: (_ write: @escaping ([UInt8]) throws(StoreError) -> Void) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let text = ResultText(isCSV: isCSV, isTerminal: Self.isTerminal) { bytes throws(StoreError) in
      try write(bytes)
    }
    let value = try body { bytes throws(StoreError) in try text.append(bytes) }
    try text.finish()
    return value
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
