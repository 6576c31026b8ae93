import Glibc

/// The folder `access/` of a store, which has tokens and the audit log, and is its owner's alone.
struct SecretFolder: Sendable {
  private static let others: mode_t = 0o077

  /// The store's own folder.
  let root: String

  /// Takes rights from everybody but the owner: of the folder and of the files in it.
  ///
  /// Nothing that a link leads to is touched. Who does not own them, or finds a file system that
  /// cannot be written, leaves them as they are.
  func tighten() {
    let folder = unsafe open(
      root + "/" + TokenFile.folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    Self.tighten(folder, to: 0o700, S_IFDIR)
    for name in ["tokens.json", "tokens.json.new", "lock", "audit.jsonl"] {
      // Not blocking, should somebody have put a pipe there.
      let file = unsafe openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard file >= 0 else { continue }
      Self.tighten(file, to: 0o600, S_IFREG)
      close(file)
    }
  }

  private static func tighten(_ descriptor: Int32, to mode: mode_t, _ kind: mode_t) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == kind,
      status.st_mode & others != 0
    else { return }
    _ = fchmod(descriptor, mode)
  }
}
