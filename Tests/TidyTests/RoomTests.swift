import Foundation
import Testing

/// How much a reader finds in one place.
@Suite struct RoomTests {
  /// Files that lie right in a module's folder: what is read first.
  private static let most = 12

  @Test(arguments: Tree.manifest.targets.filter { $0.path.hasPrefix("Sources/") }.map(\.path))
  func `a module's root has at most a dozen files`(path: String) {
    let files = Tree.swiftFiles(below: path).filter { !$0.contains("/") }
    #expect(files.count <= Self.most, "\(path) has \(files.count): move some into folders")
  }
}
