import Model
import Wire

/// An error as standard error shows it: a line for people, or an object with `--json`.
struct ErrorReport {
  private let error: StoreError

  /// True when the arguments ask for JSON; looked up by hand, since they may not have parsed.
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

  /// Writes a warning about a change that was made to standard error.
  static func warn(_ message: String) {
    guard isJSONWanted else {
      StandardError.line("assay: warning: \(message)")
      return
    }
    let text = String(decoding: Documents.encode(["warning": message]), as: UTF8.self)
    StandardError.write(text + "\n")
  }

  /// Writes ArgumentParser's message about the arguments to standard error, with the same beginning
  /// as every other error.
  static func report(usage message: String) {
    let label = "Error: "
    let text = message.hasPrefix(label) ? "assay: " + message.dropFirst(label.count) : message
    StandardError.lines(text)
  }

  /// Writes a line about a change that was made, or that is not an error.
  /// - Parameter isPartOfAnswer: True when the answer has it with `--json`, which then has it once.
  static func report(note: String, isPartOfAnswer: Bool = true) {
    guard isJSONWanted else {
      StandardError.line("assay: \(note)")
      return
    }
    if isPartOfAnswer { return }
    let text = String(decoding: Documents.encode(["note": note]), as: UTF8.self)
    StandardError.write(text + "\n")
  }

  /// The JSON form of the error.
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
