import Formats
import Glibc
import Model
import Platform
import Wire

extension TableFile {
  /// Returns the same table in a file that can be read more than once: anything but a regular file
  /// (standard input, a pipe) is read once, into a copy.
  /// - Returns: The file, and the copy, which exists as long as it is held.
  /// - Throws: ``StoreError`` when the bytes cannot be read, `exhausted` when a copy has no room.
  func rereadable() throws(StoreError) -> (file: TableFile, copy: TemporaryFile?) {
    var status = stat()
    if path != "-" {
      // A missing file is reported by the code that opens it.
      guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG,
        status.st_mode & S_IFMT != S_IFDIR
      else { return (self, nil) }
    }
    let source = try FileSource.open(path: path, compression: nil, name: name)
    let copy = try TemporaryFile.spooling { bytes throws(StoreError) in
      try source.read(1 << 20, appendingTo: &bytes)
    }.file
    var file = TableFile(path: copy.path, format: format, compression: compression, name: name)
    file.limitBytes = limitBytes
    return (file, copy)
  }
}
