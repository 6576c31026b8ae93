import GRDB
package import Model

extension Index {
  /// Returns the packs in the index, sorted by name.
  package func packs() throws(StoreError) -> [KnownPack] {
    try readOnce { database in try PackRow.all(database, key).map(\.pack) }
  }

  /// Returns the pack of that name; nil when the index lacks it.
  package func pack(_ name: String) throws(StoreError) -> KnownPack? {
    try readOnce { database in try PackRow.find(name, database, key)?.pack }
  }

  /// Returns the objects that are read from a pack, in the order of their places.
  package func objects(inPack name: String) throws(StoreError) -> [ObjectEntry] {
    try read { database in
      let digests = try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT digest FROM object WHERE pack = (SELECT id FROM pack WHERE name = ?)
            ORDER BY offset
            """), arguments: [name]
      ).map { try RecordRows.digest($0.decode(forColumn: "digest")) }
      var rows = try ObjectRows(database)
      return try digests.compactMap { try rows.find($0, self)?.object }
    }
  }

  /// Returns the place of an object; nil when the index lacks it.
  package func object(_ digest: Digest) throws(StoreError) -> ObjectLocation? {
    try objects([digest])[0]
  }

  /// Returns the places of objects, in the order of `digests`; nil for those that the index lacks.
  package func objects(_ digests: [Digest]) throws(StoreError) -> [ObjectLocation?] {
    try read { database in
      var rows = try ObjectRows(database)
      return try digests.map { try rows.find($0, self) }
    }
  }

  /// Returns the objects to read for an object: itself, its base, the base's base… down to one that
  /// is whole.
  ///
  /// Empty when the index lacks the object.
  /// - Throws: `missing` naming a base that the index lacks.
  package func chain(of digest: Digest) throws(StoreError) -> [ObjectLocation] {
    try chains(of: [digest])[0]
  }

  /// The chains of several objects, in the order of `digests`, in one read.
  package func chains(of digests: [Digest]) throws(StoreError) -> [[ObjectLocation]] {
    try read { database in
      var rows = try ObjectRows(database)
      return try digests.map { digest in
        guard var last = try rows.find(digest, self) else { return [] }
        var chain = [last]
        while let base = last.object.base {
          guard let next = try rows.find(base, self) else {
            throw StoreError(
              .missing,
              "the object \(base), which \(last.object.digest) in \(last.pack) is stored as a "
                + "difference from, is in no pack; restore the packs from a copy")
          }
          // Depth falls with every step; otherwise a damaged index could form a cycle.
          guard next.object.depth < last.object.depth else {
            throw IndexDamage(what: "a chain of deltas runs in a circle")
          }
          chain.append(next)
          last = next
        }
        return chain
      }
    }
  }
}
