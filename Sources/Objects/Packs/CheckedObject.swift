package import Model

/// A JSON object of a file that never changes, with a `digest` of what else it holds, by which a
/// flipped bit is noticed.
package enum CheckedObject {
  /// Canonical JSON of `members` and their digest.
  /// - Parameter part: the member that the digest is taken of; nil for the object of all of them.
  package static func bytes(
    _ members: [DataText: CanonicalJSON], over part: DataText? = nil
  ) -> [UInt8] {
    var members = members
    members["digest"] = .string(digest(members, part))
    return CanonicalJSON.object(members).bytes
  }

  /// The members besides the digest; nil when that does not hold.
  package static func members(
    of bytes: [UInt8], over part: DataText? = nil
  ) -> [DataText: CanonicalJSON]? {
    guard var members = CanonicalJSON(parsing: bytes)?.object,
      let said = members.removeValue(forKey: "digest")?.string, said == digest(members, part)
    else { return nil }
    return members
  }

  private static func digest(_ members: [DataText: CanonicalJSON], _ part: DataText?) -> String {
    let whole = part.map { members[$0] ?? .object([:]) } ?? .object(members)
    return Digest(hashing: whole.bytes).hex
  }
}
