import Foundation
import Model

/// An error as it is told on standard error: a line for people, or an object with `--json`.
struct Complaint {
  private let error: StoreError

  /// Whether the arguments ask for JSON; looked up by hand, since they may not have parsed.
  static var isJSONWanted: Bool { CommandLine.arguments.contains("--json") }

  init(_ error: StoreError) {
    self.error = error
  }

  /// Writes the error to standard error.
  func report() {
    let text = Self.isJSONWanted ? json.text : "assay: \(error)"
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  private var json: JSONValue {
    [
      "error": [
        "kind": .text(error.kind.rawValue),
        "message": .text(error.message),
        "file": JSONValue(error.location?.file),
        "line": JSONValue(error.location?.line),
        "column": JSONValue(error.location?.column),
      ]
    ]
  }
}
