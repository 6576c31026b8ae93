package import Model

/// The calls on attachments.
///
/// Calls block until they are answered; any thread may make them. `read` returns the next bytes of
/// a body, an empty array at its end.
package protocol FileService: Sendable {
  /// Saves bytes under their digest, and returns whether they are new.
  /// - Throws: ``StoreError`` of kind `invalid` when they have another digest than `expected`.
  func putFile(
    name: String, expecting expected: Digest?,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> (file: FileDocument, isNew: Bool)

  /// Adds a part of an attachment of `total` bytes; parts follow one another.
  /// - Returns: The file once it is whole, otherwise the number of bytes so far.
  /// - Throws: ``StoreError`` of kind `conflict` when the parts so far do not end at `offset`.
  func putFilePart(
    _ digest: Digest, at offset: Int, of total: Int, name: String,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> FilePartDocument

  /// Returns the number of bytes of an attachment that came in parts so far; nil without any.
  func uploadedBytes(of digest: Digest) throws(StoreError) -> Int?

  /// Describes an attachment; `missing` when the store has none of that digest.
  func file(_ digest: Digest, name: String) throws(StoreError) -> FileDocument

  /// Returns bytes of an attachment; fewer than `count` only at its end.
  func fileBytes(_ digest: Digest, at offset: Int, count: Int) throws(StoreError) -> [UInt8]
}

/// An attachment.
package struct FileDocument: Codable, Sendable, Hashable {
  package let digest: Digest
  package let mediaType: String
  package let size: Int

  /// A file of `size` bytes.
  package init(digest: Digest, mediaType: String, size: Int) {
    self.digest = digest
    self.mediaType = mediaType
    self.size = size
  }
}

/// The state of an attachment after one of its parts.
package enum FilePartDocument: Sendable, Hashable {
  /// So many bytes are stored; more must follow.
  case partial(byteCount: Int)
  /// All bytes are stored.
  case whole(FileDocument, isNew: Bool)
}
