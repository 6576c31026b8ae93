import Glibc
package import Model
package import Objects
import Synchronization

/// A disk that does something bad at its n-th change, and is as good as the one it wraps otherwise.
///
/// Changes are creating, opening for oneself alone, holding, touching, writing, syncing, linking, removing, making a folder and syncing one. They
/// are counted from 0, so that a run without a fault tells how many there are to try.
package final class FaultyDisk: Disk {
  /// What happens at the chosen change.
  package enum Fault: Sendable {
    /// It fails with an input/output error and has no effect.
    case failure
    /// The disk is full: a write leaves its first half behind, anything else has no effect.
    case diskFull
    /// The process ends as if killed, before the change.
    case killBefore
    /// The process ends as if killed, after the change or the first half of a write.
    case killAfter
    /// It fails with an error of that kind and has no effect.
    case refusal(StoreError.Kind)
    /// It is made, and answered with an error all the same.
    case lostAnswer
    /// Something to look at the disk at this very moment; the change is made afterwards.
    case call(@Sendable () -> Void)
  }

  private let disk: any Disk
  private let faultyChange: Int
  private let fault: Fault
  /// A file that may not be opened.
  private let refused: String?
  private let isLasting: Bool
  private let countsReads: Bool
  private let changes = Mutex(0)

  /// Wraps `disk`; the change number `change`, counted from 0, meets with `fault`, and the file
  /// `refused` is never opened.
  /// - Parameters:
  ///   - isLasting: Whether all later changes meet with the fault too.
  ///   - countsReads: Whether looking at the disk counts as a change.
  package init(
    _ disk: any Disk, at change: Int = -1, _ fault: Fault = .failure,
    refusing refused: String? = nil, isLasting: Bool = false, countsReads: Bool = false
  ) {
    self.isLasting = isLasting
    self.countsReads = countsReads
    self.disk = disk
    self.refused = refused
    self.faultyChange = change
    self.fault = fault
  }

  /// The number of changes asked for so far.
  package var changeCount: Int { changes.withLock { $0 } }

  private func change<Result>(
    half: () throws(StoreError) -> Void = {}, _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let number = changes.withLock { count in
      defer { count += 1 }
      return count
    }
    guard number == faultyChange || isLasting && faultyChange >= 0 && number > faultyChange
    else { return try body() }
    switch fault {
    case .refusal(let kind): throw StoreError(kind, "no, as the test wants it; try again")
    case .lostAnswer:
      // Nobody has the file, so nobody could close it.
      if let file = try body() as? DiskFile { disk.close(file) }
      throw StoreError(.unavailable, "the answer is lost, as the test wants it; try again")
    case .failure: throw StoreError(.unavailable, "input/output error, as the test wants it")
    case .diskFull:
      try half()
      throw StoreError(.exhausted, "the disk is full, as the test wants it")
    case .killBefore: Self.die()
    case .killAfter:
      // Also when the change failed: the process does not live to see it.
      try? half()
      _ = try? body()
      Self.die()
    case .call(let look):
      look()
      return try body()
    }
  }

  private static func die() -> Never {
    kill(getpid(), SIGKILL)
    // The signal ends the process before this loop has turned often.
    while true { usleep(1000) }
  }

  package func create(_ path: String) throws(StoreError) -> DiskFile {
    try change { () throws(StoreError) in try disk.create(path) }
  }

  package func open(_ path: String) throws(StoreError) -> DiskFile {
    guard path != refused else {
      throw StoreError(.denied, "\(path) may not be read, as the test wants it")
    }
    return try look { () throws(StoreError) in try disk.open(path) }
  }

  /// A call that changes nothing.
  private func look<Result>(
    _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    countsReads ? try change(body) : try body()
  }

  package func openExclusively(_ path: String) throws(StoreError) -> DiskFile {
    try change { () throws(StoreError) in try disk.openExclusively(path) }
  }

  package func hold(_ place: Int, of path: String) throws(StoreError) -> DiskFile {
    try change { () throws(StoreError) in try disk.hold(place, of: path) }
  }

  package func touch(_ path: String) throws(StoreError) {
    try change { () throws(StoreError) in try disk.touch(path) }
  }

  package func write(_ bytes: [UInt8], to file: DiskFile) throws(StoreError) {
    try change { () throws(StoreError) in
      try disk.write(Array(bytes.prefix(bytes.count / 2)), to: file)
      if case .killAfter = fault { Self.die() }
    } _: { () throws(StoreError) in
      try disk.write(bytes, to: file)
    }
  }

  package func read(
    _ file: DiskFile, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    try look { () throws(StoreError) in try disk.read(file, at: offset, count: count) }
  }

  package func byteCount(of file: DiskFile) throws(StoreError) -> Int {
    try disk.byteCount(of: file)
  }

  package func sync(_ file: DiskFile) throws(StoreError) {
    try change { () throws(StoreError) in try disk.sync(file) }
  }

  package func close(_ file: DiskFile) { disk.close(file) }

  package func link(_ source: String, to target: String) throws(StoreError) -> Bool {
    try change { () throws(StoreError) in try disk.link(source, to: target) }
  }

  package func rename(_ source: String, to target: String) throws(StoreError) {
    try change { () throws(StoreError) in try disk.rename(source, to: target) }
  }

  package func unlink(_ path: String) throws(StoreError) {
    try change { () throws(StoreError) in try disk.unlink(path) }
  }

  package func syncDirectory(_ path: String) throws(StoreError) {
    try change { () throws(StoreError) in try disk.syncDirectory(path) }
  }

  package func makeDirectory(_ path: String) throws(StoreError) -> Bool {
    try change { () throws(StoreError) in try disk.makeDirectory(path) }
  }

  package func list(_ path: String) throws(StoreError) -> [String] {
    try look { () throws(StoreError) in try disk.list(path) }
  }

  package func status(of path: String) throws(StoreError) -> FileStatus? {
    try look { () throws(StoreError) in try disk.status(of: path) }
  }
}
