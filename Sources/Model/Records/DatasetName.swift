/// The name of a dataset: one path segment that needs no escape in a path, a URL or SQL.
///
/// `[a-z0-9][a-z0-9._-]{0,127}`, dots for namespaces; never `..`, so that no name leaves its
/// folder.
package struct DatasetName: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let text: String

  /// Checks a name.
  /// - Throws: ``StoreError`` of kind `usage` that says which rule the name breaks.
  package init(_ text: String) throws(StoreError) {
    let bytes = Array(text.utf8)
    guard let first = bytes.first else { throw StoreError(.usage, "a dataset name is empty") }
    guard bytes.count <= 128 else {
      throw StoreError(
        .usage, "the dataset name '\(text.prefix(40))…' is longer than 128 characters")
    }
    guard Self.isLetterOrDigit(first), bytes.allSatisfy(Self.isAllowed), !text.contains("..") else {
      throw StoreError(
        .usage,
        "'\(text)' is not a dataset name: use a-z, 0-9, '.', '_' and '-', beginning with a letter or "
          + "a digit, no '..'")
    }
    guard !text.hasPrefix("assay_") else {
      throw StoreError(
        .usage, "'\(text)' is not a dataset name: 'assay_' is reserved for the store's own tables")
    }
    self.text = text
  }

  package var description: String { text }

  package static func < (left: DatasetName, right: DatasetName) -> Bool { left.text < right.text }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }
}
