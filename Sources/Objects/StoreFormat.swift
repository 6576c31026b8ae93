package import Model

/// The content of `assay.json`: the format that a store is written in and its id.
///
/// The file is the canonical JSON `{"digest":…,"format":2,"id":…}`; the digest covers the canonical
/// JSON of the other members, which distinguishes damage from a newer format. A store made in
/// format 1 keeps its file, whatever is written into it later: the records of each log determine
/// which programs can read it.
package struct StoreFormat: Sendable, Hashable {
  /// The format of new stores, and the newest that this program reads.
  package static let current = 2

  /// The format the store was made in: 1 or 2.
  package let format: Int
  /// 32 hexadecimal digits, chosen at random when the store was made.
  package let id: String

  /// The format file of a store with that id.
  package init(id: String) {
    self.id = id
    format = Self.current
  }

  /// The content of `assay.json`.
  package var bytes: [UInt8] {
    CheckedObject.bytes(["format": .integer(Int64(format)), "id": .string(id)])
  }

  /// Reads the content of `assay.json`.
  /// - Throws: `corrupt` when the digest does not hold, `unavailable` when a newer program wrote
  ///   it.
  package init(parsing bytes: [UInt8]) throws(StoreError) {
    guard let members = CheckedObject.members(of: bytes),
      let format = members["format"]?.integer
    else {
      throw StoreError(
        .corrupt, "\(StoreLayout.formatFile) is damaged; restore that one file from a copy")
    }
    guard (1...Int64(Self.current)).contains(format), let id = members["id"]?.string,
      members.count == 2
    else {
      throw StoreError(
        .unavailable,
        "the store is in format \(format), this program knows formats 1 to \(Self.current); "
          + "upgrade the program")
    }
    self.id = id
    self.format = Int(format)
  }
}
