package import Model

/// An attachment that a store has.
package struct StoredFile: Sendable, Hashable {
  package let digest: Digest
  package let byteCount: Int
  /// The media type of the bytes, by their beginning and the name they came under.
  package let mediaType: String

  /// The cell that names the file.
  package func value(name: String) -> FileValue {
    FileValue(digest: digest, mediaType: mediaType, name: name, byteCount: byteCount)
  }
}

/// The outcome of a part of an attachment.
package enum FilePart: Sendable, Hashable {
  /// More is to come; so many bytes are there.
  case partial(byteCount: Int)
  /// All of it is there.
  case whole(StoredFile, isNew: Bool)
}
