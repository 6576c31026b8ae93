package import Store
import Synchronization

/// The versions that a query reads, in the order in which it first did, each once.
///
/// Any thread may use it.
package final class UsedVersions: Sendable {
  private let kept = Mutex<[Version]>([])

  /// No versions.
  package init() {}

  package var versions: [Version] { kept.withLock { $0 } }

  func add(_ more: [Version]) {
    kept.withLock { kept in
      for version in more
      where !kept.contains(where: { $0.dataset == version.dataset && $0.number == version.number })
      {
        kept.append(version)
      }
    }
  }
}
