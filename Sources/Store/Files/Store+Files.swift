package import Formats
package import Model
import Objects
import Platform

extension Store {
  /// The number of bytes of an attachment that are in memory at a time.
  static let filePieceBytes = 1 << 20

  /// Stores the bytes of `source` under their digest; memory is one piece, whatever their number.
  ///
  /// When it returns they are on disk, though nothing refers to them: `gc` removes what no version
  /// names after its grace period.
  /// - Parameters:
  ///   - name: the name of the file, whose extension may give its type.
  ///   - expected: the digest the bytes must have.
  /// - Returns: the file, and whether the store did not have it yet.
  /// - Throws: ``StoreError``: `invalid` when the bytes have another digest, else what the source
  ///   or the disk throws.
  package func putFile(
    _ source: any ByteSource, name: String = "", expecting expected: Digest? = nil
  ) throws(StoreError) -> (file: StoredFile, isNew: Bool) {
    let upload = try objects.begin()
    var hasher = DigestHasher()
    var prefix: [UInt8] = []
    var byteCount = 0
    var piece: [UInt8] = []
    while try source.read(Self.filePieceBytes, appendingTo: &piece) > 0 {
      hasher.update(piece)
      if prefix.count < MediaType.prefixBytes {
        prefix.append(contentsOf: piece.prefix(MediaType.prefixBytes - prefix.count))
      }
      byteCount += piece.count
      try upload.append(piece)
      piece.removeAll(keepingCapacity: true)
    }
    let digest = hasher.finalize()
    if let expected, expected != digest { throw Self.otherBytes(expected, digest) }
    let file = StoredFile(
      digest: digest, byteCount: byteCount, mediaType: MediaType.of(prefix, name: name))
    try CommitPermission.require()
    let isNew = try upload.commit(as: StoreLayout.fileName(digest))
    if !isNew { try hold(StoreLayout.fileName(digest)) }
    return (file, isNew)
  }

  /// Adds bytes to an attachment that comes in parts; the last part makes it whole.
  ///
  /// - Parameters:
  ///   - digest: the digest of all of it.
  ///   - offset: where the bytes belong; the parts follow one another.
  ///   - total: how many bytes there are in all.
  ///   - provingAll: whether the bytes must be sent even if the store has them.
  ///   - owner: the owner of the upload; nil for callers who see the whole store, who share theirs.
  /// - Throws: ``StoreError``: `conflict` when the parts so far end at another offset or another
  ///   client is sending them, `usage` for more bytes than `total`, `invalid` when the whole has
  ///   another digest (then the upload starts over), else what the source or the disk throws.
  package func putFilePart(
    _ digest: Digest, at offset: Int, of total: Int, _ source: any ByteSource, name: String = "",
    provingAll: Bool = false, owner: String? = nil
  ) throws(StoreError) -> FilePart {
    if !provingAll, try hasFile(digest) {
      try hold(StoreLayout.fileName(digest))
      return .whole(try file(digest, name: name).file, isNew: false)
    }
    let upload = try uploads.resume(StoreLayout.uploadName(digest, of: owner))
    guard upload.byteCount == offset else {
      throw StoreError(
        .conflict,
        "\(upload.byteCount) bytes of \(digest) are there, so the next part begins with byte "
          + "\(upload.byteCount), not \(offset)")
    }
    var piece: [UInt8] = []
    while try source.read(Self.filePieceBytes, appendingTo: &piece) > 0 {
      guard piece.count <= total - upload.byteCount else {
        throw StoreError(
          .usage, "there are more bytes of \(digest) than the \(total) that were announced")
      }
      try upload.append(piece)
      piece.removeAll(keepingCapacity: true)
    }
    guard upload.byteCount == total else { return .partial(byteCount: upload.byteCount) }
    try CommitPermission.require()
    return try finish(upload, digest, name: name)
  }

  private func finish(
    _ upload: PartialUpload, _ digest: Digest, name: String
  ) throws(StoreError) -> FilePart {
    // From the disk, since a crash may have taken bytes of parts that other processes wrote.
    var hasher = DigestHasher()
    let byteCount = upload.byteCount
    var offset = 0
    while offset < byteCount {
      let piece = try upload.read(
        at: offset, count: min(Self.filePieceBytes, byteCount - offset))
      guard !piece.isEmpty else { break }
      hasher.update(piece)
      offset += piece.count
    }
    let found = hasher.finalize()
    guard found == digest else {
      upload.abandon()
      throw Self.otherBytes(digest, found)
    }
    let prefix = try upload.read(at: 0, count: MediaType.prefixBytes)
    let isNew = try upload.commit(as: StoreLayout.fileName(digest))
    let file = StoredFile(
      digest: digest, byteCount: byteCount, mediaType: MediaType.of(prefix, name: name))
    return .whole(file, isNew: isNew)
  }

  /// The number of bytes of an attachment received in parts from `owner`; nil when none were.
  package func uploadedBytes(
    of digest: Digest, owner: String? = nil
  ) throws(StoreError) -> Int? {
    try uploads.byteCount(of: StoreLayout.uploadName(digest, of: owner))
  }

  /// Returns true when the store has the bytes of that digest.
  package func hasFile(_ digest: Digest) throws(StoreError) -> Bool {
    try objects.status(of: StoreLayout.fileName(digest)) != nil
  }

  /// The attachment of that digest, ready to be read.
  /// - Throws: ``StoreError`` of kind `missing` when the store has none.
  package func file(_ digest: Digest, name: String = "") throws(StoreError) -> StoredFileReader {
    let path = StoreLayout.fileName(digest)
    guard let status = try objects.status(of: path) else {
      throw StoreError(
        .missing, "there is no file \(digest); put it into the store, or restore it from a copy")
    }
    let prefix = try objects.get(
      path, at: 0, count: min(MediaType.prefixBytes, status.byteCount))
    let file = StoredFile(
      digest: digest, byteCount: status.byteCount, mediaType: MediaType.of(prefix, name: name))
    return StoredFileReader(file: file, modified: status.modified, objects: objects)
  }

  private static func otherBytes(_ expected: Digest, _ found: Digest) -> StoreError {
    StoreError(
      .invalid, "the bytes are those of \(found), not of \(expected); send the whole file again")
  }
}
