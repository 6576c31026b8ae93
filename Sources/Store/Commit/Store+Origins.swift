import Catalog
import Model
import Objects

/// The files that a version's record names as those that hold what it needs.
///
/// They are the packs and the log files of other datasets; a reader has the log of the dataset
/// itself anyway. The list is right when the version is saved and may name more than are needed;
/// `gc` may move chunks later, so it is where to look first.
extension Store {
  /// A list longer than this is rebuilt, without the files that no chunk needs any more.
  static let manyOrigins = 32
  /// A record does not name more files than this: then it names none, and a reader looks in all.
  static let mostOrigins = 256

  /// The files that hold what `built` needs beside the log of `dataset`, sorted; nil when they are
  /// too many to name.
  ///
  /// Costs a lookup for each chunk that neither the parent nor this commit brought, and for those
  /// it is stored over: none in a dataset that grows by itself.
  func origins(
    of built: Built, in dataset: DatasetName, bulk: String?
  ) throws(StoreError) -> [String]? {
    let builder = built.builder
    let manifests =
      built.manifest.groups.map(\.digest) + [Digest(hashing: built.manifest.json.canonicalBytes)]
    let found = builder.found.union(manifests)
    var files: Set<String>
    if let inherited = builder.inheritedFiles {
      files = try self.files(holding: found, beside: dataset).union(inherited)
    } else {
      files = try self.files(holding: found.union(builder.bases), beside: dataset)
    }
    if files.count > Self.manyOrigins, builder.inheritedFiles != nil {
      let chunks = built.groups.flatMap { $0.chunks.compactMap(\.self) }
      files = try self.files(
        holding: builder.bases.union(manifests).union(chunks), beside: dataset)
    }
    if let bulk { files.insert(bulk) }
    return files.count > Self.mostOrigins ? nil : files.sorted()
  }

  /// The packs and log files of other datasets that hold objects, and what these are stored over.
  private func files(
    holding objects: Set<Digest>, beside dataset: DatasetName
  ) throws(StoreError) -> Set<String> {
    let own = StoreLayout.logPrefix(dataset)
    return Set(try places(of: objects).map(\.pack).filter { !$0.hasPrefix(own) })
  }
}
