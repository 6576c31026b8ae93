import Glibc
import Model
import Platform
import Synchronization

/// The SHA-256 of a program's files, which changes when one of them is edited.
///
/// The files are the program's own and, where its first argument that is no option names a file,
/// such as an interpreter's script, that too.
struct ProgramFingerprint: Sendable {
  /// A file as the system describes it: while that stays, its bytes are taken to.
  private struct Stamp: Hashable {
    let device: dev_t
    let inode: ino_t
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  private static let sizeLimit = 256 << 20
  private static let known = Mutex<[Stamp: Digest]>([:])

  /// The digests of the files with spaces between; nil when none can be read.
  let text: String?

  /// The fingerprint of a program that is found on this process's PATH.
  init(argv: [String], path: String) {
    var files: [Digest] = []
    if let program = argv.first {
      let folders = program.contains("/") ? [] : path.split(separator: ":").map { "\($0)/" }
      let places = folders.isEmpty ? [program] : folders.map { $0 + program }
      if let digest = places.lazy.compactMap(Self.digest).first { files.append(digest) }
    }
    if let script = argv.dropFirst().first(where: { !$0.hasPrefix("-") }) {
      if let digest = Self.digest(script) { files.append(digest) }
    }
    text = files.isEmpty ? nil : files.map(\.description).joined(separator: " ")
  }

  private static func digest(_ path: String) -> Digest? {
    let descriptor = retryingOnInterrupt { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= sizeLimit
    else { return nil }
    let stamp = Stamp(
      device: status.st_dev, inode: status.st_ino, size: Int(status.st_size),
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    if let digest = known.withLock({ $0[stamp] }) { return digest }
    var hasher = DigestHasher()
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        retryingOnInterrupt { unsafe read(descriptor, buffer.baseAddress, buffer.count) }
      }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      hasher.update(Array(bytes[..<count]))
    }
    let digest = hasher.finalize()
    known.withLock { known in
      if known.count >= 64 { known.removeAll() }
      known[stamp] = digest
    }
    return digest
  }
}

extension ProviderDefinition {
  /// The fingerprint that an answer of its program has now; nil where no program answers.
  package var programFingerprint: String? {
    guard let program else { return nil }
    let path = SecretSource.process.variable("PATH") ?? ""
    return ProgramFingerprint(argv: program.argv, path: path).text
  }

  /// True where a program answers.
  package var isProgram: Bool { program != nil }
}
