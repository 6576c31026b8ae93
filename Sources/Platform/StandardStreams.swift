import Glibc

/// The three descriptors that a process is started with.
package enum StandardStreams {
  /// Holds the numbers of those that the process was started without, so that no other file gets
  /// one: what is meant for a reader or a terminal would be written into it.
  ///
  /// Reading and writing them fails as if they were closed, since each is opened the other way
  /// round.
  package static func hold() {
    let modes = [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    // In their order: the system gives the lowest number that is free.
    for (descriptor, mode) in modes where fcntl(descriptor, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", mode)
    }
  }

  /// Makes writes to a pipe without a reader, and those beyond the largest file allowed, fail with
  /// an error; by default they would end the process without a message.
  package static func ignoreSignalsOfWrites() {
    for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
  }

  /// Writes as much of a text as `descriptor` takes: for messages that no result depends on, whose
  /// loss must not become the outcome of a command.
  package static func writeAvailable(_ text: String, on descriptor: Int32 = STDERR_FILENO) {
    writeAvailable(Array(text.utf8), on: descriptor)
  }

  /// Writes as many bytes as `descriptor` takes.
  package static func writeAvailable(_ bytes: [UInt8], on descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = retryingOnInterrupt {
        unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
