package import Model

/// What `assay.json` says about a store: the format it is written in and its id.
///
/// The file is the canonical JSON `{"digest":…,"format":1,"id":…}`; the digest is taken of the
/// canonical JSON of the other members, so that damage is told from a newer format.
package struct StoreFormat: Sendable, Hashable {
  /// The newest format this program writes, and the only one it reads so far.
  package static let current = 1

  /// 32 hexadecimal digits, chosen at random when the store was made.
  package let id: String

  /// The format file of a store with that id.
  package init(id: String) { self.id = id }

  /// The content of `assay.json`.
  package var bytes: [UInt8] {
    var members: [String: CanonicalJSON] = [
      "format": .integer(Int64(Self.current)), "id": .string(id),
    ]
    members["digest"] = .string(Digest(hashing: CanonicalJSON.object(members).bytes).hex)
    return CanonicalJSON.object(members).bytes
  }

  /// Reads the content of `assay.json`.
  /// - Throws: `corrupt` when the digest does not hold, `unavailable` when a newer program wrote
  ///   it.
  package init(parsing bytes: [UInt8]) throws(StoreError) {
    guard var members = CanonicalJSON(parsing: bytes)?.object,
      let digest = members.removeValue(forKey: "digest")?.string,
      digest == Digest(hashing: CanonicalJSON.object(members).bytes).hex,
      let format = members["format"]?.integer
    else {
      throw StoreError(
        .corrupt, "\(StoreLayout.formatFile) is damaged; restore that one file from a copy")
    }
    guard format == Self.current, let id = members["id"]?.string else {
      throw StoreError(
        .unavailable,
        "the store is in format \(format), this program knows format \(Self.current); "
          + "upgrade the program")
    }
    self.id = id
  }
}
