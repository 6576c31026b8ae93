import Access
import Formats
package import Model
import Store
package import Wire

extension LocalStoreService {
  package func putFile(
    name: String, expecting expected: Digest?,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> (file: FileDocument, isNew: Bool) {
    let (file, isNew) = try store.putFile(
      BodySource(name: name, read: read), name: name, expecting: expected)
    // For a caller who does not see it, a file of others counts as new.
    let isSeen = isNew ? false : try canRead(file: file.digest)
    noteHolder(of: file.digest)
    return (FileDocument(file), !isSeen)
  }

  package func putFilePart(
    _ digest: Digest, at offset: Int, of total: Int, name: String,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> FilePartDocument {
    // A caller who does not see an existing file must prove that they have all of its bytes.
    let isSeen = try canRead(file: digest)
    let part = try store.putFilePart(
      digest, at: offset, of: total, BodySource(name: name, read: read), name: name,
      provingAll: !isSeen, owner: uploader)
    switch part {
    case .partial(let byteCount): return .partial(byteCount: byteCount)
    case .whole(let file, let isNew):
      noteHolder(of: digest)
      return .whole(FileDocument(file), isNew: isNew || !isSeen)
    }
  }

  /// The owner of the uploads that the caller continues: their token, when they see only a part of
  /// the store.
  ///
  /// Another's upload would disclose that its bytes exist, and return them for the last part.
  private var uploader: String? { limit.map { $0.tokenID ?? "" } }

  package func uploadedBytes(of digest: Digest) throws(StoreError) -> Int? {
    try store.uploadedBytes(of: digest, owner: uploader)
  }

  package func file(_ digest: Digest, name: String) throws(StoreError) -> FileDocument {
    try requireAccess(toFile: digest)
    return FileDocument(try store.file(digest, name: name).file)
  }

  package func fileBytes(
    _ digest: Digest, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    try requireAccess(toFile: digest)
    return try store.file(digest).read(at: offset, count: count)
  }
}

extension FileDocument {
  init(_ file: StoredFile) {
    self.init(digest: file.digest, mediaType: file.mediaType, size: file.byteCount)
  }
}

/// The bytes of a body, which can be read once.
private final class BodySource: ByteSource {
  let name: String
  private let next: () throws(StoreError) -> [UInt8]
  private var hasBegun = false

  init(name: String, read: @escaping () throws(StoreError) -> [UInt8]) {
    self.name = name
    next = read
  }

  func read(_ limit: Int, appendingTo bytes: inout [UInt8]) throws(StoreError) -> Int {
    hasBegun = true
    let piece = try next()
    bytes.append(contentsOf: piece)
    return piece.count
  }

  func rewind() throws(StoreError) {
    guard !hasBegun else {
      throw StoreError(.usage, "the body can be read once; send it again")
    }
  }
}
