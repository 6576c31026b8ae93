/// Idempotency keys: a request that is repeated with the key of an earlier one is answered as that
/// one was, and a key stands for one request.
///
/// Versions keep the digest of the request beside the key, appended rows in their segments; the
/// rule is this one for both.
package enum Idempotency {
  /// The digest of a request: of its options, and of the bytes it brings.
  package static func digest(
    _ members: JSON.Object, body: Digest
  ) -> Digest {
    var members = members
    members["body"] = .string(body.hex)
    return Digest(hashing: JSON.object(members).canonicalBytes)
  }

  /// Throws unless a request with `key` is the same as the earlier request with it.
  /// - Throws: ``StoreError`` of kind `conflict`.
  package static func require(
    _ request: Digest, sameAs earlier: Digest, key: String
  ) throws(StoreError) {
    guard request == earlier else { throw reused(key, for: "another request") }
  }

  /// The error for a key that an earlier request used, for `what`.
  package static func reused(_ key: String, for what: String) -> StoreError {
    var error = StoreError(
      .conflict,
      "the idempotency key '\(key)' was used for \(what): a repeated request must be the same, "
        + "and another one needs a key of its own")
    error.detail = .keyReused
    return error
  }
}
