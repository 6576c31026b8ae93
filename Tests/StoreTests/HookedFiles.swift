import Glibc
import GRDBSQLite
import Synchronization

/// The files of SQLite in this process, where somebody else may do something before one of the
/// calls on them.
///
/// Calls are counted from 0, so that a run without a rival tells how many there are to try. One
/// test at a time uses it, in a process of its own.
enum HookedFiles {
  private struct State: Sendable {
    var call = Int.max
    var count = 0
    var isRivalAtWork = false
    var rival: @Sendable () -> Void = {}
  }

  private static let state = Mutex(State())

  /// Runs `body` and, before its call number `call`, `rival`, whose own calls do not count.
  /// - Returns: the number of calls that `body` made.
  @discardableResult
  static func run(
    before call: Int = .max, _ rival: @escaping @Sendable () -> Void = {}, _ body: () throws -> Void
  ) rethrows -> Int {
    install
    state.withLock { $0 = State(call: call, rival: rival) }
    defer { state.withLock { $0.call = .max } }
    try body()
    return state.withLock { $0.count }
  }

  fileprivate static func count() {
    let rival = state.withLock { state -> (@Sendable () -> Void)? in
      guard !state.isRivalAtWork else { return nil }
      defer { state.count += 1 }
      guard state.count == state.call else { return nil }
      state.isRivalAtWork = true
      return state.rival
    }
    guard let rival else { return }
    rival()
    state.withLock { $0.isRivalAtWork = false }
  }

  /// Makes the hooked files those that every connection uses from now on.
  private static let install: Void = {
    guard let system = unsafe sqlite3_vfs_find(nil) else { return }
    unsafe original = system
    let hooked = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    unsafe hooked.initialize(to: system.pointee)
    unsafe hooked.pointee.zName = UnsafePointer(strdup("hooked"))
    unsafe hooked.pointee.xOpen = { _, name, file, flags, outFlags in
      HookedFiles.count()
      let code = unsafe HookedFiles.original.pointee.xOpen(
        HookedFiles.original, name, file, flags, outFlags)
      if let file = unsafe file, let methods = unsafe file.pointee.pMethods {
        unsafe file.pointee.pMethods = HookedMethods.hooked(methods)
      }
      return code
    }
    unsafe hooked.pointee.xDelete = { _, name, syncs in
      HookedFiles.count()
      return unsafe HookedFiles.original.pointee.xDelete(HookedFiles.original, name, syncs)
    }
    unsafe hooked.pointee.xAccess = { _, name, flags, result in
      HookedFiles.count()
      return unsafe HookedFiles.original.pointee.xAccess(
        HookedFiles.original, name, flags, result)
    }
    unsafe sqlite3_vfs_register(hooked, 1)
  }()

  // Set before the first hooked call.
  // swift-format-ignore: NeverUseImplicitlyUnwrappedOptionals
  fileprivate nonisolated(unsafe) static var original: UnsafeMutablePointer<sqlite3_vfs>!
}

/// The calls on an open file, each counted, and those that they go on to.
@unsafe private struct HookedMethods {
  /// First, since a file points to it.
  var methods: sqlite3_io_methods
  let original: UnsafePointer<sqlite3_io_methods>

  private static let known = Mutex<[UInt: UInt]>([:])

  /// The hooked form of a file's calls.
  static func hooked(
    _ methods: UnsafePointer<sqlite3_io_methods>
  ) -> UnsafePointer<sqlite3_io_methods> {
    let address = UInt(bitPattern: methods)
    let made = unsafe known.withLock { known in
      if let made = known[address] { return made }
      let made = unsafe UInt(bitPattern: make(methods))
      known[address] = made
      return made
    }
    guard let pointer = unsafe UnsafePointer<sqlite3_io_methods>(bitPattern: made) else {
      preconditionFailure("what was allocated has an address")
    }
    return unsafe pointer
  }

  private static func make(
    _ original: UnsafePointer<sqlite3_io_methods>
  ) -> UnsafeMutablePointer<HookedMethods> {
    var methods = unsafe original.pointee
    unsafe methods.xRead = { file, bytes, count, offset in
      HookedFiles.count()
      return unsafe HookedMethods.of(file).xRead(file, bytes, count, offset)
    }
    unsafe methods.xWrite = { file, bytes, count, offset in
      HookedFiles.count()
      return unsafe HookedMethods.of(file).xWrite(file, bytes, count, offset)
    }
    unsafe methods.xTruncate = { file, size in
      HookedFiles.count()
      return unsafe HookedMethods.of(file).xTruncate(file, size)
    }
    unsafe methods.xSync = { file, flags in
      HookedFiles.count()
      return unsafe HookedMethods.of(file).xSync(file, flags)
    }
    unsafe methods.xFileSize = { file, size in
      HookedFiles.count()
      return unsafe HookedMethods.of(file).xFileSize(file, size)
    }
    unsafe methods.xLock = { file, level in
      HookedFiles.count()
      return unsafe HookedMethods.of(file).xLock(file, level)
    }
    unsafe methods.xShmMap = { file, region, size, extends, memory in
      HookedFiles.count()
      return unsafe HookedMethods.of(file).xShmMap(file, region, size, extends, memory)
    }
    unsafe methods.xShmLock = { file, offset, count, flags in
      HookedFiles.count()
      return unsafe HookedMethods.of(file).xShmLock(file, offset, count, flags)
    }
    let made = UnsafeMutablePointer<HookedMethods>.allocate(capacity: 1)
    unsafe made.initialize(to: HookedMethods(methods: methods, original: original))
    return unsafe made
  }

  /// The calls that a hooked file's go on to.
  private static func of(_ file: UnsafeMutablePointer<sqlite3_file>?) -> sqlite3_io_methods {
    guard let methods = unsafe file?.pointee.pMethods else {
      preconditionFailure("a file that is open has calls")
    }
    return unsafe UnsafeRawPointer(methods).assumingMemoryBound(to: HookedMethods.self)
      .pointee.original.pointee
  }
}
