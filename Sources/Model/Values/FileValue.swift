/// The value of a cell in a `file` column: a reference to an attachment.
///
/// The cell holds its canonical JSON, `{"digest":"sha256:…","mediaType":…,"name":…,"size":…}`.
package struct FileValue: Hashable, Sendable {
  /// The SHA-256 of the bytes.
  package let digest: Digest
  package let mediaType: String
  /// The original name of the file, without folders; may be empty.
  package let name: String
  package let byteCount: Int

  /// A file of `byteCount` bytes.
  package init(digest: Digest, mediaType: String, name: String, byteCount: Int) {
    self.digest = digest
    self.mediaType = mediaType
    self.name = name
    self.byteCount = byteCount
  }

  /// The canonical JSON of the cell.
  package var json: JSON {
    .object([
      "digest": .string(digest.description), "mediaType": .string(mediaType),
      "name": .string(name), "size": .integer(Int64(byteCount)),
    ])
  }

  /// Reads a cell in the store's form; nil for anything else.
  package init?(parsing bytes: [UInt8]) {
    guard let members = JSON(canonical: bytes)?.object,
      let digest = (members["digest"]?.string).flatMap({ Digest(parsing: $0) }),
      let mediaType = members["mediaType"]?.string, let name = members["name"]?.string,
      let size = members["size"]?.integer, size >= 0
    else { return nil }
    self.init(digest: digest, mediaType: mediaType, name: name, byteCount: Int(size))
  }
}
