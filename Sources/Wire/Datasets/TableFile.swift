package import Model

/// A file that holds a table: its path and its format.
package struct TableFile: Sendable, Hashable {
  /// Its path; `-` for standard input.
  package let path: String
  package let format: FileFormat
  /// Nil for a file that is not compressed.
  package let compression: FileCompression?
  /// The name of the file in messages.
  package let name: String
  /// The most bytes that it may decompress to.
  package var limitBytes = Int.max

  /// A file that messages call by its path, unless another name is given.
  package init(
    path: String, format: FileFormat, compression: FileCompression?, name: String? = nil
  ) {
    self.path = path
    self.format = format
    self.compression = compression
    self.name = name ?? (path == "-" ? "<stdin>" : path)
  }
}
