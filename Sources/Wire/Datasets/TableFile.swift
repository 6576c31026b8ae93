package import Model

/// A file that holds a table: where it is, and how to read it.
package struct TableFile: Sendable, Hashable {
  /// Its path; `-` for standard input.
  package let path: String
  package let format: FileFormat
  /// Nil when its bytes are taken as they are.
  package let compression: FileCompression?
  /// How errors call it.
  package let name: String
  /// The most bytes that it may decompress to.
  package var limitBytes = Int.max

  /// A file; errors call it by its path, unless another name is given.
  package init(
    path: String, format: FileFormat, compression: FileCompression?, name: String? = nil
  ) {
    self.path = path
    self.format = format
    self.compression = compression
    self.name = name ?? (path == "-" ? "<stdin>" : path)
  }
}
