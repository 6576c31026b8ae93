package import Model
import Objects

/// Reads the bytes of an attachment, any range at any time.
///
/// Immutable; any thread may use it. The bytes are not checked against the digest, which `verify`
/// does for all files and a reader of the whole can do.
package struct StoredFileReader: Sendable {
  package let file: StoredFile
  /// When the file was put.
  package let modified: Timestamp
  private let objects: any ObjectStore

  init(file: StoredFile, modified: Timestamp, objects: any ObjectStore) {
    self.file = file
    self.modified = modified
    self.objects = objects
  }

  /// The `count` bytes at `offset`; fewer only where the file ends.
  /// - Throws: ``StoreError``: `corrupt` when the file was cut short, `missing` when it is gone.
  package func read(at offset: Int, count: Int) throws(StoreError) -> [UInt8] {
    guard offset >= 0, offset < file.byteCount, count > 0 else { return [] }
    return try objects.get(
      StoreLayout.fileName(file.digest), at: offset, count: min(count, file.byteCount - offset))
  }

  /// Hands `write` all bytes in order, checked: before it returns they have proved to be those of
  /// the digest.
  /// - Throws: ``StoreError`` of kind `corrupt` when they are not, else what `write` throws.
  package func copy(
    to write: ([UInt8]) throws(StoreError) -> Void
  ) throws(StoreError) {
    var hasher = DigestHasher()
    var offset = 0
    while offset < file.byteCount {
      let piece = try read(at: offset, count: Store.filePieceBytes)
      hasher.update(piece)
      try write(piece)
      offset += piece.count
    }
    guard hasher.finalize() == file.digest else {
      throw StoreError(
        .corrupt,
        "the bytes of \(file.digest) are damaged: restore \(StoreLayout.fileName(file.digest)) "
          + "from a copy, or remove it and put the file again")
    }
  }
}
