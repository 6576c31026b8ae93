import Model
import Objects

/// The file of a sealed segment's idempotency keys, with the answers to their requests.
struct LiveKeys {
  /// In the order in which the requests came.
  var answers: [(key: String, answer: LiveDataset.Answer)] = []

  /// No keys.
  init() {}

  /// Reads the bytes of the file `name`.
  /// - Throws: ``StoreError``: `corrupt` when they are not those that were written, `unavailable`
  ///   when a newer program wrote what this one does not know.
  init(parsing bytes: [UInt8], _ name: String) throws(StoreError) {
    guard let members = CheckedObject.members(of: bytes, over: "keys"),
      let entries = members["keys"]?.array
    else {
      throw StoreError(
        .corrupt, "\(name) is damaged; restore it from a copy, or remove it to go on without it")
    }
    for entry in entries {
      guard let key = entry.object?["key"]?.string,
        let digest = (entry.object?["digest"]?.string).flatMap({ Digest(parsing: $0) }),
        let id = entry.object?["receipt"]?.string, let rows = entry.object?["rows"]?.integer
      else { throw Self.newer(name) }
      let receipt = LiveReceipt(id: id, rows: Int(rows))
      answers.append((key, LiveDataset.Answer(digest: digest, receipt: receipt)))
    }
    // A key that was passed over would be taken for an unused one.
    guard self.bytes == bytes else { throw Self.newer(name) }
  }

  private static func newer(_ name: String) -> StoreError {
    .newer("\(name) is whole, but says what this program does not know")
  }

  /// Canonical JSON with the digest of the keys.
  var bytes: [UInt8] {
    let list = JSON.array(
      answers.map { key, answer in
        .object([
          "digest": .string(answer.digest.hex), "key": .string(key),
          "receipt": .string(answer.receipt.id), "rows": .integer(Int64(answer.receipt.rows)),
        ])
      })
    return CheckedObject.bytes(["keys": list], over: "keys")
  }
}
