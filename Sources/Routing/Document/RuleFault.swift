import Model

/// An error in a rule document, with its place.
package struct RuleFault: Sendable, Hashable, Codable {
  /// An RFC 6901 JSON Pointer; empty for the document itself.
  package let pointer: String
  package let message: String

  /// A fault at `pointer`.
  package init(pointer: String, message: String) {
    self.pointer = pointer
    self.message = message
  }
}

extension RuleFault: CustomStringConvertible {
  package var description: String { (pointer.isEmpty ? "the document" : pointer) + ": " + message }
}

/// All that is wrong with a rule document.
package struct RuleFaults: Error, Sendable, Hashable {
  package let faults: [RuleFault]

  /// These faults.
  package init(faults: [RuleFault]) { self.faults = faults }
}

extension RuleFaults: CustomStringConvertible {
  /// A line each, whatever the names of members hold.
  package var description: String {
    faults.map { TerminalText.line($0.description) }.joined(separator: "\n")
  }
}
