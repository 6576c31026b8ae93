import Glibc
package import Model
import Platform

extension PosixDisk {
  /// The longest wait for a lock: far longer than any process needs it unless it is stopped.
  private static let waitSeconds = 10

  package func lock(_ path: String, waits: Bool) throws(StoreError) -> DiskFile {
    let file = try openOrCreate(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK)
    do throws(StoreError) {
      try take(path, waits: waits) { flock(file.descriptor, LOCK_EX | LOCK_NB) }
    } catch {
      close(file)
      throw error
    }
    return file
  }

  package func hold(_ place: Int, of path: String) throws(StoreError) -> DiskFile {
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK
    // Of the open file, and so between threads too; Glibc's headers hide the name by default.
    let openFileLock: Int32 = 37
    while true {
      let descriptor = retryingOnInterrupt { unsafe Glibc.open(absolute(path), flags, 0o644) }
      guard descriptor >= 0 else { throw failure("open", path) }
      let file = DiskFile(descriptor: descriptor, path: path)
      let opened = try regularFile(file)
      do throws(StoreError) {
        try take(path, waits: true) {
          var lock = Glibc.flock()
          lock.l_type = Int16(F_WRLCK)
          lock.l_whence = Int16(SEEK_SET)
          lock.l_start = off_t(place)
          lock.l_len = 1
          let result = unsafe fcntl(descriptor, openFileLock, &lock)
          // A file system without locks goes on without.
          return [EINVAL, ENOLCK, ENOSYS, EOPNOTSUPP].contains(errno) ? 0 : result
        }
      } catch {
        close(file)
        throw error
      }
      if has(path, opened) { return file }
      close(file)
    }
  }

  /// Takes a lock, after waiting for its owner.
  /// - Parameter attempt: Tries at once; returns a negative number, with `errno`, while it is
  ///   taken.
  /// - Throws: ``StoreError`` of kind `conflict` when its owner does not release it, such as a
  ///   process that was stopped.
  private func take(
    _ path: String, waits: Bool, _ attempt: () -> Int32
  ) throws(StoreError) {
    let end = ContinuousClock.now + .seconds(Self.waitSeconds)
    var pause: UInt32 = 200
    while true {
      errno = 0
      if attempt() >= 0 { return }
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK, EACCES: break
      default: throw failure("lock", path)
      }
      guard waits, ContinuousClock.now < end else {
        throw StoreError(
          .conflict,
          "\(path) is locked by another process; try again when it is done, or end it if it was "
            + "stopped")
      }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
  }
}
