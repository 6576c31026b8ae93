/// An error in a document, with its place.
package struct DocumentFault: Sendable, Hashable {
  /// An RFC 6901 JSON Pointer; empty for the document itself.
  package let pointer: String
  package let message: String

  /// A fault at a place.
  package init(pointer: String, message: String) {
    self.pointer = pointer
    self.message = message
  }
}

/// All errors of a document; at least one.
package struct DocumentFaults: Error, Sendable, Hashable {
  package let faults: [DocumentFault]

  /// The faults that a reader found.
  package init(faults: [DocumentFault]) { self.faults = faults }
}

extension DocumentFaults: CustomStringConvertible {
  /// A line per fault.
  package var description: String {
    faults.map { ($0.pointer.isEmpty ? "the document" : $0.pointer) + ": " + $0.message }
      .joined(separator: "\n")
  }
}
