import Foundation
import Model

/// Ends a case that takes too long or too much memory, and says which case ended the process.
enum Watch {
  /// Seconds for one case, of which most take less than a millisecond.
  private static let secondsPerCase: UInt32 = 20
  private static let memoryBytes: UInt = 3 << 30

  // Written by one thread before a case and read by a signal handler on whichever thread fails.
  nonisolated(unsafe) private static var line = [CChar](repeating: 0, count: 128)

  /// Sets the limits and what happens when the process ends by a signal.
  static func start() {
    var limit = rlimit(rlim_cur: memoryBytes, rlim_max: memoryBytes)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
      Glibc.signal(signal) { signal in
        Watch.tell()
        _exit(128 + signal)
      }
    }
  }

  /// Starts the clock of a case.
  static func begin(_ seed: UInt64, _ format: FileFormat) {
    let text = "failed: fuzz \(format) 1 \(seed)\n"
    for (index, byte) in text.utf8.enumerated() { line[index] = CChar(bitPattern: byte) }
    line[text.utf8.count] = 0
    alarm(secondsPerCase)
  }

  /// Stops the clock.
  static func end() { alarm(0) }

  /// The most memory the process had.
  static var peakMebibytes: Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss >> 10
  }

  private static func tell() {
    line.withUnsafeBufferPointer { text in
      guard let start = text.baseAddress else { return }
      write(STDERR_FILENO, start, strlen(start))
    }
  }
}
