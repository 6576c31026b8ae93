import Model
import Objects

/// The idempotency keys of a sealed segment and what their requests were answered with, as a file
/// of their own keeps them.
struct LiveKeys {
  /// In the order in which the requests came.
  var answers: [(key: String, answer: LiveDataset.Answer)] = []

  /// No keys.
  init() {}

  /// Reads the bytes of the file `name`.
  /// - Throws: ``StoreError`` of kind `corrupt` when they are not those that were written.
  init(parsing bytes: [UInt8], _ name: String) throws(StoreError) {
    guard let entries = CheckedObject.members(of: bytes, over: "keys")?["keys"]?.array else {
      throw StoreError(
        .corrupt, "\(name) is damaged; restore it from a copy, or remove it to go on without it")
    }
    for entry in entries {
      guard let key = entry.object?["key"]?.string,
        let digest = (entry.object?["digest"]?.string).flatMap({ Digest(parsing: $0) }),
        let id = entry.object?["receipt"]?.string, let rows = entry.object?["rows"]?.integer
      else { continue }
      let receipt = LiveReceipt(id: id, rows: Int(rows))
      answers.append((key, LiveDataset.Answer(digest: digest, receipt: receipt)))
    }
  }

  /// Canonical JSON with the digest of the keys.
  var bytes: [UInt8] {
    let list = CanonicalJSON.array(
      answers.map { key, answer in
        .object([
          "digest": .string(answer.digest.hex), "key": .string(key),
          "receipt": .string(answer.receipt.id), "rows": .integer(Int64(answer.receipt.rows)),
        ])
      })
    return CheckedObject.bytes(["keys": list], over: "keys")
  }
}
