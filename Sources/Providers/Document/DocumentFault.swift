/// An error in a document, with its place.
package struct DocumentFault: Sendable, Hashable {
  /// An RFC 6901 JSON Pointer; empty for the document itself.
  package let pointer: String
  package let message: String
}

/// All errors of a document; at least one.
package struct DocumentFaults: Error, Sendable, Hashable {
  package let faults: [DocumentFault]
}

extension DocumentFaults: CustomStringConvertible {
  /// A line per fault.
  package var description: String {
    faults.map { ($0.pointer.isEmpty ? "the document" : $0.pointer) + ": " + $0.message }
      .joined(separator: "\n")
  }
}
