import Model
import Objects

/// The answer to a push with an idempotency key that made no version, as its file has it.
struct UnchangedAnswer {
  let key: String
  /// The digest of the request.
  let request: Digest
  /// The number of the version that had the content.
  let number: Int

  init(key: String, request: Digest, number: Int) {
    self.key = key
    self.request = request
    self.number = number
  }

  /// Reads the bytes of the file `name`.
  /// - Throws: ``StoreError``: `corrupt` when they are not those that were written, `unavailable`
  ///   when a newer program wrote what this one does not know.
  init(parsing bytes: [UInt8], _ name: String) throws(StoreError) {
    guard let members = CheckedObject.members(of: bytes) else { throw Self.damaged(name) }
    guard let key = members["key"]?.string,
      let request = (members["request"]?.string).flatMap({ Digest(parsing: $0) }),
      let number = members["number"]?.integer, members.count == 3
    else { throw .newer("\(name) is whole, but says what this program does not know") }
    self.init(key: key, request: request, number: Int(number))
    guard self.bytes == bytes else { throw Self.damaged(name) }
  }

  /// Canonical JSON, with the digest of its other members.
  var bytes: [UInt8] {
    CheckedObject.bytes([
      "key": .string(key), "number": .integer(Int64(number)), "request": .string(request.hex),
    ])
  }

  /// The error for a file that is damaged.
  static func damaged(_ name: String) -> StoreError {
    StoreError(
      .corrupt, "\(name) is damaged; restore it from a copy, or remove it to go on without it")
  }
}
