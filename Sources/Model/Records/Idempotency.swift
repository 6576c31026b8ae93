/// Idempotency keys: a request that is repeated with the key of an earlier one is answered as that
/// one was, and a key stands for one request.
///
/// Versions keep the digest of the request beside the key, appended rows in their segments; the
/// rule is this one for both.
package enum Idempotency {
  /// The digest of a request: of what it asks for, and of the bytes it brings.
  package static func digest(
    _ members: [DataText: CanonicalJSON], body: Digest
  ) -> Digest {
    var members = members
    members["body"] = .string(body.hex)
    return Digest(hashing: CanonicalJSON.object(members).bytes)
  }

  /// Goes on when a request with `key` is the one that an earlier request with it was.
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
