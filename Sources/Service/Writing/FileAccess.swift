import Access
import Model
import Store
import Synchronization

/// The record of callers who have proved that they have the bytes of an attachment, by putting
/// them.
///
/// Lives with the open store; a forgotten one is put again.
private final class FileHolders: Sendable {
  /// The most attachments of all holders that are remembered.
  private static let capacity = 1 << 18

  private struct State {
    var count = 0
    var files: [String: Set<Digest>] = [:]
  }

  private let state = Mutex(State())

  func add(_ file: Digest, _ holder: String) {
    state.withLock { state in
      if state.count >= Self.capacity { state = State() }
      if state.files[holder, default: []].insert(file).inserted { state.count += 1 }
    }
  }

  func has(_ file: Digest, _ holder: String) -> Bool {
    state.withLock { $0.files[holder]?.contains(file) ?? false }
  }
}

extension LocalStoreService {
  /// Returns true when the caller may read an attachment, and name it in a row: a dataset that they
  /// see names it, or they have put its bytes.
  ///
  /// Knowing a digest is not enough, since a row of a dataset that they do not see may disclose it.
  func canRead(file: Digest) throws(StoreError) -> Bool {
    guard let limit else { return true }
    if store.companion({ FileHolders() }).has(file, limit.tokenID ?? "") { return true }
    return try store.isNamed(file) { limit.sees($0) }
  }

  /// The test of attachments that the caller may name in rows; nil for one who may name all.
  var fileAccess: FileAccess? {
    guard limit != nil else { return nil }
    return { file throws(StoreError) in try self.canRead(file: file) }
  }

  /// The default options of every push for the caller: the attachments it may name, and the author.
  var pushOptions: PushOptions {
    var options = PushOptions()
    options.author = author
    options.fileAccess = fileAccess
    return options
  }

  /// Throws unless the caller may read an attachment.
  /// - Throws: ``StoreError`` of kind `missing`, in the words for one that does not exist.
  func requireAccess(toFile file: Digest) throws(StoreError) {
    guard try canRead(file: file) else {
      throw StoreError(
        .missing, "there is no file \(file); put it into the store, or restore it from a copy")
    }
  }

  /// Remembers that the caller has the bytes of an attachment.
  func noteHolder(of file: Digest) {
    guard let limit else { return }
    store.companion { FileHolders() }.add(file, limit.tokenID ?? "")
  }
}
