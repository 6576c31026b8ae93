import Glibc
package import Model

/// The number of files that the process may have open, connections included.
package enum OpenFileLimit {
  /// Raises the limit as far as the system lets the process, and returns what it is then.
  package static func raise() -> Int {
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard unsafe getrlimit(files, &limit) == 0 else { return least }
    if limit.rlim_cur < limit.rlim_max {
      let raised = rlimit(rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max)
      if unsafe withUnsafePointer(to: raised, { unsafe setrlimit(files, $0) }) == 0 {
        limit = raised
      }
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// Raises the limit, and throws when it is too low for any command: the queues of the system
  /// library end the process that can open no file for them.
  /// - Throws: ``StoreError`` of kind `exhausted`.
  package static func require() throws(StoreError) {
    let limit = raise()
    guard limit >= least else {
      throw StoreError(
        .exhausted,
        "only \(limit) files may be open at a time: raise the limit to \(least) or more "
          + "('ulimit -n \(least)'); nothing was done")
    }
  }

  /// The least limit that POSIX promises (`_POSIX_OPEN_MAX`).
  private static let least = 20
}
