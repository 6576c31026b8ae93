import Foundation
import Objects

/// A new empty folder, removed with all it holds when the last reference to it goes.
package final class TemporaryDirectory: Sendable {
  /// The absolute path, without a `/` at its end.
  package let path: String

  /// Makes a folder in the system's place for temporary files.
  package init() throws {
    path = NSTemporaryDirectory() + "assay-test-" + WriteID.make()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
