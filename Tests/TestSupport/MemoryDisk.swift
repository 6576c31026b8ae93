import Glibc
package import Model
package import Objects
import Synchronization

/// A disk in memory that knows what was synced, so that it can lose the rest.
///
/// It keeps the rules of the real one: syncing a file makes its bytes durable, not its name;
/// syncing a folder makes the names in it durable, not their bytes. Any thread may use it.
package final class MemoryDisk: Disk {
  /// A file or a folder, as it is and as it would be after a power cut.
  private enum Node {
    case file(live: [UInt8], durable: [UInt8], modified: Int64)
    case folder(live: [String: Int], durable: [String: Int])
  }

  private struct State {
    /// Node 0 is the store's folder.
    var nodes: [Node] = [.folder(live: [:], durable: [:])]
    var openFiles: [Int32: Int] = [:]
    var nextDescriptor: Int32 = 1
    /// Nodes that are open for one alone, by descriptor.
    var exclusive: [Int32: Int] = [:]
    /// Places of nodes that somebody holds, by descriptor.
    var held: [Int32: [Int]] = [:]
    /// A clock that ticks once a change.
    var time: Int64 = 0
  }

  private let state: Mutex<State>

  /// An empty disk.
  package init() { state = Mutex(State()) }

  private init(_ state: sending State) { self.state = Mutex(state) }

  /// The number of files that are open.
  package var openFileCount: Int { state.withLock { $0.openFiles.count } }

  /// The disk after a power cut that took everything that was not synced.
  package func crashed() -> MemoryDisk {
    crashed { _, _ in
      false
    } keepBytes: { durable, _ in
      durable
    }
  }

  /// The disk after a power cut that took an arbitrary part of what was not synced: of the names
  /// added and removed some, and of each file's unsynced bytes all after a point, or a block of
  /// zeros in their place.
  package func crashed(seed: UInt64) -> MemoryDisk {
    var generator = SeededGenerator(seed: seed)
    return crashed { _, _ in
      Bool.random(using: &generator)
    } keepBytes: { durable, live in
      guard live.count > durable.count else { return durable }
      let length = Int.random(in: durable.count...live.count, using: &generator)
      let kept = Array(live[..<length])
      guard Bool.random(using: &generator) else { return kept }
      let hole = Int.random(in: durable.count...length, using: &generator)
      return Array(kept[..<hole]) + [UInt8](repeating: 0, count: length - hole)
    }
  }

  /// - Parameters:
  ///   - keepChange: Whether a name that was added or removed, but not synced, stays so.
  ///   - keepBytes: A file's content, given the synced and the newest.
  private func crashed(
    _ keepChange: (String, Int) -> Bool, keepBytes: ([UInt8], [UInt8]) -> [UInt8]
  ) -> MemoryDisk {
    var state = state.withLock { $0 }
    state.openFiles = [:]
    state.exclusive = [:]
    state.held = [:]
    for index in state.nodes.indices {
      switch state.nodes[index] {
      case .file(let live, let durable, let modified):
        let bytes = keepBytes(durable, live)
        state.nodes[index] = .file(live: bytes, durable: bytes, modified: modified)
      case .folder(let live, let durable):
        var names = durable
        // Sorted, so that a seed always makes the same choices.
        for name in Set(live.keys).union(durable.keys).sorted() where live[name] != durable[name] {
          if keepChange(name, index) { names[name] = live[name] }
        }
        state.nodes[index] = .folder(live: names, durable: names)
      }
    }
    let survivors = state
    return MemoryDisk(survivors)
  }

  package func create(_ path: String) throws(StoreError) -> DiskFile {
    try state.withLock { state throws(StoreError) in
      let (folder, name) = try Self.parent(of: path, in: state)
      guard case .folder(var live, let durable) = state.nodes[folder] else {
        throw Self.missing(path)
      }
      guard live[name] == nil else {
        throw StoreError(.conflict, "cannot create \(path): it exists")
      }
      live[name] = state.nodes.count
      state.nodes[folder] = .folder(live: live, durable: durable)
      state.time += 1
      state.nodes.append(.file(live: [], durable: [], modified: state.time))
      return Self.open(state.nodes.count - 1, path, in: &state)
    }
  }

  package func open(_ path: String) throws(StoreError) -> DiskFile {
    try state.withLock { state throws(StoreError) in
      guard let node = Self.find(path, in: state) else { throw Self.missing(path) }
      return Self.open(node, path, in: &state)
    }
  }

  package func openExclusively(_ path: String) throws(StoreError) -> DiskFile {
    do throws(StoreError) {
      let file = try create(path)
      state.withLock { $0.exclusive[file.descriptor] = $0.openFiles[file.descriptor] }
      return file
    } catch  where error.kind == .conflict {
      return try state.withLock { state throws(StoreError) in
        guard let node = Self.find(path, in: state) else { throw Self.missing(path) }
        guard !state.exclusive.values.contains(node) else {
          throw StoreError(.conflict, "\(path) is in use by another process")
        }
        let file = Self.open(node, path, in: &state)
        state.exclusive[file.descriptor] = node
        return file
      }
    }
  }

  package func hold(_ place: Int, of path: String) throws(StoreError) -> DiskFile {
    while true {
      do throws(StoreError) {
        close(try create(path))
      } catch  where error.kind == .conflict {
        // It is there already.
      }
      let file = try state.withLock { state throws(StoreError) -> DiskFile? in
        guard let node = Self.find(path, in: state) else { throw Self.missing(path) }
        guard !state.held.values.contains([node, place]) else { return nil }
        let file = Self.open(node, path, in: &state)
        state.held[file.descriptor] = [node, place]
        return file
      }
      if let file { return file }
      usleep(100)
    }
  }

  package func touch(_ path: String) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      guard let node = Self.find(path, in: state),
        case .file(let live, let durable, _) = state.nodes[node]
      else { throw Self.missing(path) }
      state.time += 1
      state.nodes[node] = .file(live: live, durable: durable, modified: state.time)
    }
  }

  package func write(_ bytes: [UInt8], to file: DiskFile) throws(StoreError) {
    state.withLock { state in
      state.time += 1
      guard let node = state.openFiles[file.descriptor],
        case .file(let live, let durable, _) = state.nodes[node]
      else { preconditionFailure("\(file.path) is not open") }
      state.nodes[node] = .file(live: live + bytes, durable: durable, modified: state.time)
    }
  }

  package func read(
    _ file: DiskFile, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    state.withLock { state in
      guard let node = state.openFiles[file.descriptor],
        case .file(let live, _, _) = state.nodes[node]
      else { preconditionFailure("\(file.path) is not open") }
      let start = min(offset, live.count)
      return Array(live[start..<min(live.count, start + count)])
    }
  }

  package func byteCount(of file: DiskFile) throws(StoreError) -> Int {
    state.withLock { state in
      guard let node = state.openFiles[file.descriptor],
        case .file(let live, _, _) = state.nodes[node]
      else { preconditionFailure("\(file.path) is not open") }
      return live.count
    }
  }

  package func sync(_ file: DiskFile) throws(StoreError) {
    state.withLock { state in
      guard let node = state.openFiles[file.descriptor],
        case .file(let live, _, let modified) = state.nodes[node]
      else { preconditionFailure("\(file.path) is not open") }
      state.nodes[node] = .file(live: live, durable: live, modified: modified)
    }
  }

  package func close(_ file: DiskFile) {
    state.withLock { state in
      state.exclusive[file.descriptor] = nil
      state.held[file.descriptor] = nil
      guard state.openFiles.removeValue(forKey: file.descriptor) != nil else {
        preconditionFailure("\(file.path) is closed twice")
      }
    }
  }

  package func link(_ source: String, to target: String) throws(StoreError) -> Bool {
    try state.withLock { state throws(StoreError) in
      guard let node = Self.find(source, in: state) else { throw Self.missing(source) }
      let (folder, name) = try Self.parent(of: target, in: state)
      guard case .folder(var live, let durable) = state.nodes[folder] else {
        throw Self.missing(target)
      }
      guard live[name] == nil else { return false }
      live[name] = node
      state.nodes[folder] = .folder(live: live, durable: durable)
      state.time += 1
      return true
    }
  }

  package func rename(_ source: String, to target: String) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      guard let node = Self.find(source, in: state) else { throw Self.missing(source) }
      for (path, entry) in [(source, nil), (target, node)] {
        let (folder, name) = try Self.parent(of: path, in: state)
        guard case .folder(var live, let durable) = state.nodes[folder] else {
          throw Self.missing(path)
        }
        live[name] = entry
        state.time += 1
        state.nodes[folder] = .folder(live: live, durable: durable)
      }
    }
  }

  package func unlink(_ path: String) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      let (folder, name) = try Self.parent(of: path, in: state)
      guard case .folder(var live, let durable) = state.nodes[folder],
        live.removeValue(forKey: name) != nil
      else { throw Self.missing(path) }
      state.time += 1
      state.nodes[folder] = .folder(live: live, durable: durable)
    }
  }

  package func syncDirectory(_ path: String) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      guard let node = Self.find(path, in: state), case .folder(let live, _) = state.nodes[node]
      else { throw Self.missing(path) }
      state.nodes[node] = .folder(live: live, durable: live)
    }
  }

  package func makeDirectory(_ path: String) throws(StoreError) -> Bool {
    try state.withLock { state throws(StoreError) in
      if path.isEmpty { return false }
      let (folder, name) = try Self.parent(of: path, in: state)
      guard case .folder(var live, let durable) = state.nodes[folder] else {
        throw Self.missing(path)
      }
      guard live[name] == nil else { return false }
      live[name] = state.nodes.count
      state.nodes[folder] = .folder(live: live, durable: durable)
      state.nodes.append(.folder(live: [:], durable: [:]))
      return true
    }
  }

  package func list(_ path: String) throws(StoreError) -> [String] {
    try state.withLock { state throws(StoreError) in
      guard let node = Self.find(path, in: state), case .folder(let live, _) = state.nodes[node]
      else { throw Self.missing(path) }
      return live.map { name, node in
        if case .folder = state.nodes[node] { name + "/" } else { name }
      }.sorted()
    }
  }

  package func status(of path: String) throws(StoreError) -> FileStatus? {
    state.withLock { state in
      guard let node = Self.find(path, in: state) else { return nil }
      guard case .file(let live, _, let modified) = state.nodes[node] else {
        // Any change may have been one of its names.
        return FileStatus(
          byteCount: 0, modified: Timestamp(microseconds: state.time), isFile: false)
      }
      return FileStatus(byteCount: live.count, modified: Timestamp(microseconds: modified))
    }
  }

  private static func open(_ node: Int, _ path: String, in state: inout State) -> DiskFile {
    let descriptor = state.nextDescriptor
    state.nextDescriptor += 1
    state.openFiles[descriptor] = node
    return DiskFile(descriptor: descriptor, path: path)
  }

  private static func find(_ path: String, in state: State) -> Int? {
    var node = 0
    for name in path.split(separator: "/") {
      guard case .folder(let live, _) = state.nodes[node], let next = live[String(name)] else {
        return nil
      }
      node = next
    }
    return node
  }

  private static func parent(
    of path: String, in state: State
  ) throws(StoreError) -> (folder: Int, name: String) {
    let names = path.split(separator: "/")
    guard let name = names.last,
      let folder = find(names.dropLast().joined(separator: "/"), in: state)
    else { throw missing(path) }
    return (folder, String(name))
  }

  private static func missing(_ path: String) -> StoreError {
    StoreError(.missing, "cannot use \(path): it, or a folder above it, is not there")
  }
}
