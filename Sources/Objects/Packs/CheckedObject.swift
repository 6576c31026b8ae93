package import Model

/// A JSON object of an immutable file, with a `digest` of its other content, which detects a
/// flipped bit.
package enum CheckedObject {
  /// Returns the canonical JSON of `members` and their digest.
  /// - Parameter part: The member that the digest covers; nil for the object of all of them.
  package static func bytes(
    _ members: JSON.Object, over part: String? = nil
  ) -> [UInt8] {
    var members = members
    members["digest"] = .string(digest(members, part))
    return JSON.object(members).canonicalBytes
  }

  /// Reads the members other than the digest; nil when the digest does not match.
  package static func members(
    of bytes: [UInt8], over part: String? = nil
  ) -> JSON.Object? {
    guard var members = JSON(canonical: bytes)?.object,
      let said = members.remove("digest")?.string, said == digest(members, part)
    else { return nil }
    return members
  }

  private static func digest(_ members: JSON.Object, _ part: String?) -> String {
    let whole = part.map { members[$0] ?? .object([:]) } ?? .object(members)
    return Digest(hashing: whole.canonicalBytes).hex
  }
}
