import Catalog
import Model
import Objects

extension Store {
  /// Verifies that every pack and log file that a version is about to refer to is there, and the
  /// one that the index has, and sets the time of packs to now; false when one is missing or
  /// replaced, and the version must be built again.
  ///
  /// `gc` spares young packs. These may be referred to by nothing else, since a writer that was
  /// stopped before its record leaves such packs behind. Log files are never removed by us; one
  /// that was lost, or is that of a copy of the store, is known to the index all the same.
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
    var seals: [String: UInt64] = [:]
    for place in places {
      seals[place.pack] = place.seal
      guard let base = place.object.base, !known.contains(base), !sink.contains(base)
      else { continue }
      // The base of this difference is in no file that is known.
      try keeper.forget(place.pack)
      return false
    }
    for (name, seal) in seals.sorted(by: { $0.key < $1.key }) {
      guard try !holds(name, sealed: seal, for: dataset) else { continue }
      try keeper.forget(name)
      return false
    }
    return true
  }

  private func holds(
    _ name: String, sealed seal: UInt64, for dataset: DatasetName
  ) throws(StoreError) -> Bool {
    // The log of the dataset itself was compared with the index.
    if name.hasPrefix(StoreLayout.logPrefix(dataset)) { return try objects.status(of: name) != nil }
    guard StoreLayout.parsePackName(name) != nil else { return try objects.seal(of: name) == seal }
    do throws(StoreError) {
      try hold(name)
      return true
    } catch  where error.kind == .missing {
      return false
    }
  }

  /// The places of objects, as far as the index knows, and of all that these are stored over.
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
