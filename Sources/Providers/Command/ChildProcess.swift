import CSpawn
import Dispatch
import Glibc
import Platform
import Synchronization

/// A program that runs in a process group of its own, with pipes for its standard streams.
///
/// It is killed whole, with every process that it started and that stayed in its group. Reads and
/// writes block threads of their own, never those that tasks run on. Any task may call; one at a
/// time reads a stream.
final class ChildProcess: Sendable {
  /// A stream of the child that is read.
  enum Stream: Int { case output, errors }

  private struct State {
    var isKilled = false
    var isReaped = false
  }

  private let pid: pid_t
  /// The writing end of its standard input.
  private let input: Int32
  private let outputs: [Int32]
  private let state = Mutex(State())
  private let isInputOpen = Mutex(true)
  private let queues = (0..<4).map { DispatchQueue(label: "assay.child.\($0)") }

  /// Writing to a program that has ended is an error, and no signal that ends this process.
  private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  /// Starts a program, found on this process's PATH.
  /// - Parameter environment: All variables that it has, as `NAME=value`.
  /// - Throws: ``ProviderError`` of kind `connect` when it cannot be started.
  init(argv: [String], environment: [String]) throws(ProviderError) {
    _ = Self.ignoresBrokenPipes
    let pipes = try (0..<3).map { _ throws(ProviderError) in try Self.pipe() }
    var pid: pid_t = 0
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, pipes[0].read, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, pipes[1].write, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, pipes[2].write, 2)
    // No socket or file of this process is a program's, whichever library opened it: a program that
    // outlives a server would keep its port, and could read and answer its connections.
    unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigaddset(&signals, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    let status = unsafe Self.withStrings(argv) { argv in
      unsafe Self.withStrings(environment) { environment in
        guard let path = unsafe argv[0] else { return ENOENT }
        return unsafe posix_spawnp(&pid, path, &actions, &attributes, argv, environment)
      }
    }
    for end in [pipes[0].read, pipes[1].write, pipes[2].write] { close(end) }
    guard status == 0 else {
      for end in [pipes[0].write, pipes[1].read, pipes[2].read] { close(end) }
      throw ProviderError(
        .connect, "the program '\(argv[0])' cannot be started: \(systemReason(status))",
        advice: Self.advice(status, argv))
    }
    self.pid = pid
    input = pipes[0].write
    outputs = [pipes[1].read, pipes[2].read]
  }

  deinit {
    kill()
    closeInput()
    for descriptor in outputs { close(descriptor) }
    let isReaped = state.withLock { $0.isReaped }
    if !isReaped {
      // A killed child ends at once; nothing else waits for it.
      _ = retryingOnInterrupt { waitpid(pid, nil, 0) }
    }
  }

  /// Advice about a program that cannot be started.
  private static func advice(_ status: Int32, _ argv: [String]) -> String {
    switch status {
    case EACCES: "make it executable: chmod +x '\(argv[0])'"
    case ENOEXEC:
      "let it begin with a line such as #!/bin/sh, or name what runs it: sh '\(argv[0])'"
    case ENOENT where argv[0].contains(" "):
      "give the words of the command separately, each as a word of its own behind --command"
    case ENOENT where !argv[0].contains("/"):
      "check its name; one in this folder is called ./\(argv[0])"
    default: "check argv, the program and its arguments"
    }
  }

  private static func pipe() throws(ProviderError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard unsafe Glibc.pipe(&ends) == 0 else {
      throw ProviderError(.connect, "no pipe to a program can be made: \(systemReason(errno))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Calls `body` with the texts as C has them, with a null at the end.
  private static func withStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let strings = unsafe texts.map { unsafe strdup($0) }
    defer { for index in texts.indices { unsafe free(strings[index]) } }
    return unsafe body(strings + [nil])
  }

  /// Ends the whole process group.
  func kill() {
    state.withLock { state in
      state.isKilled = true
      // The number of a child that was waited for may be another process's by now.
      if !state.isReaped { Glibc.kill(-pid, SIGKILL) }
    }
  }

  private var isKilled: Bool { state.withLock { $0.isKilled } }

  /// Writes all bytes; false when the program does not take them.
  func write(_ bytes: [UInt8]) async -> Bool {
    await withCheckedContinuation { continuation in
      queues[2].async {
        var place = 0
        while place < bytes.count, !self.isKilled {
          let count = unsafe bytes[place...].withUnsafeBytes { piece in
            retryingOnInterrupt { unsafe Glibc.write(self.input, piece.baseAddress, piece.count) }
          }
          guard count > 0 else { break }
          place += count
        }
        continuation.resume(returning: place == bytes.count)
      }
    }
  }

  /// Ends its standard input.
  func closeInput() {
    isInputOpen.withLock { isOpen in
      if isOpen { close(input) }
      isOpen = false
    }
  }

  /// The next bytes of a stream; nil at its end, and after the program was killed.
  func read(_ stream: Stream) async -> [UInt8]? {
    let descriptor = outputs[stream.rawValue]
    return await withCheckedContinuation { continuation in
      queues[stream.rawValue].async {
        continuation.resume(returning: self.blockingRead(descriptor))
      }
    }
  }

  private func blockingRead(_ descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    while !isKilled {
      // A process that left the group may hold the pipe open: the end is looked for now and then.
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let found = unsafe poll(&ready, 1, 50)
      if found == 0 || (found < 0 && errno == EINTR) { continue }
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        retryingOnInterrupt { unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
      }
      return count > 0 ? Array(bytes[..<count]) : nil
    }
    return nil
  }

  /// Waits for the end of the program, and returns its exit status; beyond 128, that of a signal.
  func status() async -> Int32 {
    await withCheckedContinuation { continuation in
      queues[3].async {
        var info = unsafe siginfo_t()
        // First without reaping, so that its number stays its own until that is noted.
        _ = retryingOnInterrupt { unsafe waitid(P_PID, id_t(self.pid), &info, WEXITED | WNOWAIT) }
        var status: Int32 = 0
        self.state.withLock { state in
          state.isReaped = true
          _ = retryingOnInterrupt { unsafe waitpid(self.pid, &status, 0) }
        }
        let signal = status & 0x7F
        continuation.resume(returning: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)
      }
    }
  }
}
