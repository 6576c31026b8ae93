import Formats
import Foundation
import Model
import Wire

/// What a command prints on standard output.
struct Output {
  private let sink: ByteSink

  /// Opens standard output.
  ///
  /// When its reader goes away, the process ends quietly, as `head` expects.
  init() throws(StoreError) {
    sink = try ByteSink.open(path: "-")
    Self.endWithClosedPipe()
  }

  /// Prints what a change brought about.
  ///
  /// The change was made, so that it cannot be told is no failure of the command: whoever repeats a
  /// command that failed would make it twice.
  static func tell(
    _ done: String, _ print: (Output) throws(StoreError) -> Void
  ) {
    do throws(StoreError) {
      let output = try Output()
      _ = signal(SIGPIPE, SIG_IGN)
      try print(output)
      try output.finish()
    } catch {
      Complaint.warn("\(done), but that cannot be printed: \(error.message)")
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

  /// Writes what is held back; to be called once, at the end.
  func finish() throws(StoreError) {
    try sink.finish()
  }
}
