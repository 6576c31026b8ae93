import Catalog
import Model
import Objects

extension Store {
  /// Makes the packs young that a version is about to refer to and that others wrote, so that `gc`
  /// leaves them; false when one of them is gone, and the version must be built again.
  ///
  /// They may be referred to by nothing else: a writer that was stopped before its record leaves
  /// such packs behind. Log files are never removed.
  func holdPacks(of built: Built) throws(StoreError) -> Bool {
    let digests =
      built.groups.flatMap { $0.chunks.compactMap(\.self) }
      .filter { !built.builder.sink.contains($0) } + built.manifest.groups.map(\.digest)
    var names: Set<String> = []
    for location in try chunks.objects(digests) {
      if let name = location?.pack, StoreLayout.parsePackName(name) != nil { names.insert(name) }
    }
    for name in names.sorted() {
      do throws(StoreError) {
        try hold(name)
      } catch  where error.kind == .missing {
        try keeper.forget(name)
        return false
      }
    }
    return true
  }
}
