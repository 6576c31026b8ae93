import Model
import Wire

/// It has no attachments; those of a real store are tested in `FileTests`.
extension ScriptedService {
  private static let none = StoreError(.missing, "there is no file of that digest")

  func putFile(
    name: String, expecting expected: Digest?, read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> (file: FileDocument, isNew: Bool) { throw Self.none }

  func putFilePart(
    _ digest: Digest, at offset: Int, of total: Int, name: String,
    read: @escaping () throws(StoreError) -> [UInt8]
  ) throws(StoreError) -> FilePartDocument { throw Self.none }

  func uploadedBytes(of digest: Digest) throws(StoreError) -> Int? { nil }

  func file(_ digest: Digest, name: String) throws(StoreError) -> FileDocument {
    throw Self.none
  }

  func fileBytes(
    _ digest: Digest, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] { throw Self.none }
}
