import Columns
package import Model
import Synchronization

/// The attachments that the versions of each dataset name, as far as callers asked.
///
/// Lives with the open store, in memory that grows with the different attachments. A version never
/// changes, so results stay true and only new versions are read.
private final class NamedFiles: Sendable {
  struct Dataset: Sendable {
    /// The number of the newest version that was read.
    var newest = 0
    /// Row groups and chunks that were read.
    var seen: Set<Digest> = []
    var files: Set<Digest> = []
  }

  let datasets = Mutex<[DatasetName: Dataset]>([:])

  func has(_ file: Digest, where isWanted: (DatasetName) -> Bool) -> Bool {
    datasets.withLock { datasets in
      datasets.contains { $0.value.files.contains(file) && isWanted($0.key) }
    }
  }
}

extension Store {
  /// Returns true when a version of a dataset that `isWanted` names the attachment.
  /// - Throws: ``StoreError`` of kind `corrupt` when a version cannot be read.
  package func isNamed(
    _ file: Digest, where isWanted: (DatasetName) -> Bool
  ) throws(StoreError) -> Bool {
    let named = companion { NamedFiles() }
    if named.has(file, where: isWanted) { return true }
    for dataset in try datasets() where isWanted(dataset) {
      let latest = try versions(of: dataset, limit: 1).first?.number ?? 0
      var known = named.datasets.withLock { $0[dataset] } ?? NamedFiles.Dataset()
      guard latest > known.newest else { continue }
      for version in try versions(of: dataset) where version.number > known.newest {
        try add(version, to: &known)
      }
      known.newest = latest
      let read = known
      named.datasets.withLock { $0[dataset] = read }
    }
    return named.has(file, where: isWanted)
  }

  private func add(
    _ version: Version, to known: inout NamedFiles.Dataset
  ) throws(StoreError) {
    let snapshot = try snapshot(version)
    let columns = snapshot.schema.columns.indices.filter {
      snapshot.schema.columns[$0].type == .file
    }
    guard !columns.isEmpty else { return }
    let decoder = try ChunkDecoder()
    for (index, entry) in snapshot.manifest.groups.enumerated()
    where known.seen.insert(entry.digest).inserted {
      let group = try snapshot.group(index, decoder)
      for column in columns {
        guard let chunk = group.chunks[column], known.seen.insert(chunk).inserted else { continue }
        let files = try snapshot.vector(column: column, of: group, decoder).files
        known.files.formUnion(files.map(\.digest))
      }
    }
  }
}
