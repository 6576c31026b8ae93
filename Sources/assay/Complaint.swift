import Model
import Wire

/// An error as it is told on standard error: a line for people, or an object with `--json`.
struct Complaint {
  private let error: StoreError

  /// Whether the arguments ask for JSON; looked up by hand, since they may not have parsed.
  static var isJSONWanted: Bool { CommandLine.arguments.contains("--json") }

  init(_ error: StoreError) {
    self.error = error.advised
  }

  /// Writes the error to standard error.
  func report() {
    guard Self.isJSONWanted else {
      let text = "assay: \(error)"
      if error.detail == .faults { StandardError.lines(text) } else { StandardError.line(text) }
      return
    }
    let text = String(decoding: Documents.encode(Document(error)), as: UTF8.self)
    StandardError.write(text + "\n")
  }

  /// Writes what went wrong with something that was done all the same to standard error.
  static func warn(_ message: String) {
    guard isJSONWanted else {
      StandardError.line("assay: warning: \(message)")
      return
    }
    let text = String(decoding: Documents.encode(["warning": message]), as: UTF8.self)
    StandardError.write(text + "\n")
  }

  /// Writes what ArgumentParser has to say about the arguments to standard error, begun as every
  /// other error is.
  static func report(usage message: String) {
    let label = "Error: "
    let text = message.hasPrefix(label) ? "assay: " + message.dropFirst(label.count) : message
    StandardError.lines(text)
  }

  /// Writes a line about what was done that is no error; with `--json` it is part of the answer.
  static func report(note: String) {
    if isJSONWanted { return }
    StandardError.line("assay: \(note)")
  }

  /// What machines are told.
  private struct Document: Encodable {
    struct Members: Encodable {
      let kind: String
      let message: String
      let file: String?
      let line: Int?
      let column: Int?
      let mayBeSaved: Bool?
    }

    let error: Members

    init(_ error: StoreError) {
      self.error = Members(
        kind: error.kind.rawValue, message: error.message, file: error.location?.file,
        line: error.location?.line, column: error.location?.column,
        mayBeSaved: error.detail == .mayBeSaved ? true : nil)
    }
  }
}
