package import Model

/// What a door asks of a store about attachments.
///
/// Calls block until they are answered; any thread may make them. `read` gives the next bytes of a
/// body, none at its end.
package protocol FileService: Sendable {
  /// Keeps bytes under their digest; says whether they are new.
  /// - Throws: ``StoreError`` of kind `invalid` when they have another digest than `expected`.
  func putFile(
    name: String, expecting expected: Digest?,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> (file: FileDocument, isNew: Bool)

  /// Adds a part of an attachment of `total` bytes; parts follow one another.
  /// - Returns: the file once it is whole, else how many bytes there are.
  /// - Throws: ``StoreError`` of kind `conflict` when the parts so far do not end at `offset`.
  func putFilePart(
    _ digest: Digest, at offset: Int, of total: Int, name: String,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> FilePartDocument

  /// How many bytes of an attachment came in parts so far; nil when none did.
  func uploadedBytes(of digest: Digest) throws(StoreError) -> Int?

  /// What an attachment is; `missing` when the store has none of that digest.
  func file(_ digest: Digest, name: String) throws(StoreError) -> FileDocument

  /// Bytes of an attachment; fewer than `count` only where it ends.
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

/// What became of a part of an attachment.
package enum FilePartDocument: Sendable, Hashable {
  /// So many bytes are there; more are to come.
  case partial(byteCount: Int)
  /// All are there.
  case whole(FileDocument, isNew: Bool)
}
