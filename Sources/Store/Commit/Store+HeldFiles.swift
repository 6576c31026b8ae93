import Catalog
import Model
import Objects

extension Store {
  /// Protects the files that hold the chunks of a version from `gc`, before its record is written.
  ///
  /// A version reuses chunks that older packs and log files hold. `gc` removes packs that no record
  /// refers to once they are old, and this version's record is not written yet: so the modification
  /// time of each such pack is set to now. Log files are never removed, but one may have been lost,
  /// or be another store's after a copy, and the index would not know.
  /// - Parameters:
  ///   - built: The version, whose own chunks are in packs or in the record to come.
  ///   - dataset: The dataset it is of.
  /// - Returns: False when a file is missing or is not the one that was indexed. The index has
  ///   forgotten it then, and the version must be built again.
  /// - Throws: ``StoreError`` when a file cannot be looked at.
  func holdFiles(of built: Built, in dataset: DatasetName) throws(StoreError) -> Bool {
    let manifests =
      built.manifest.groups.map(\.digest) + [Digest(hashing: built.manifest.json.canonicalBytes)]
    let sink = built.builder.sink
    let referred = Set(built.groups.flatMap { $0.chunks.compactMap(\.self) })
      .union(built.builder.bases).filter { !sink.contains($0) }
    let places = try places(of: referred.union(manifests))
    let known = Set(places.map(\.object.digest))
    // Unknown chunks: the index was rebuilt since the build began. Unknown manifests are those of
    // this commit.
    guard referred.isSubset(of: known) else { return false }
    var checksums: [String: UInt64] = [:]
    for place in places {
      checksums[place.pack] = place.trailerChecksum
      guard let base = place.object.base, !known.contains(base), !sink.contains(base)
      else { continue }
      // The base of this difference is in no file that is known.
      try keeper.forget(place.pack)
      return false
    }
    for (name, checksum) in checksums.sorted(by: { $0.key < $1.key }) {
      guard try !isStillThere(name, matching: checksum, for: dataset) else { continue }
      try keeper.forget(name)
      return false
    }
    return true
  }

  /// Returns true when a file is the one that was indexed; sets the time of a pack to now.
  private func isStillThere(
    _ name: String, matching checksum: UInt64, for dataset: DatasetName
  ) throws(StoreError) -> Bool {
    // The log of the dataset itself was compared with the index.
    if name.hasPrefix(StoreLayout.logPrefix(dataset)) { return try objects.status(of: name) != nil }
    guard StoreLayout.parsePackName(name) != nil else {
      return try objects.trailerChecksum(of: name) == checksum
    }
    do throws(StoreError) {
      try hold(name)
      return true
    } catch  where error.kind == .missing {
      return false
    }
  }

  /// The locations of objects as the index has them, and of the objects that those are stored as
  /// differences from; objects that it does not know are left out.
  func places(of objects: Set<Digest>) throws(StoreError) -> [ObjectLocation] {
    var places: [ObjectLocation] = []
    var seen = objects
    var next = Array(objects)
    while !next.isEmpty {
      let found = try chunks.objects(next).compactMap(\.self)
      next = found.compactMap(\.object.base).filter { seen.insert($0).inserted }
      places += found
    }
    return places
  }
}
