import Foundation
package import Model

/// The header with the digest of the whole content sent (RFC 9530): `sha-256=:<base64>:`.
package enum ReprDigest {
  /// The header for a digest.
  package static func text(_ digest: Digest) -> String {
    "sha-256=:\(Data(digest.bytes).base64EncodedString()):"
  }

  /// The SHA-256 that a header gives among other digests; nil without one.
  /// - Throws: ``StoreError`` of kind `usage` when it is malformed.
  package static func digest(_ text: String) throws(StoreError) -> Digest? {
    for member in text.split(separator: ",") {
      let pair = member.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].drop(while: { $0 == " " || $0 == "\t" }) == "sha-256" else {
        continue
      }
      let value = pair[1].prefix { $0 != ";" }.filter { $0 != " " }
      guard value.count > 2, value.hasPrefix(":"), value.hasSuffix(":"),
        let bytes = Data(base64Encoded: String(value.dropFirst().dropLast())),
        bytes.count == Digest.byteCount
      else {
        throw StoreError(
          .usage, "Repr-Digest is 'sha-256=:', the base64 of 32 bytes, and ':' (RFC 9530)")
      }
      return Digest(Array(bytes))
    }
    return nil
  }
}
