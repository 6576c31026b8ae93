package import Model
package import Objects
import Synchronization

/// An object store in memory that promises what a bucket does and no more: names without folders,
/// no second name for a file, no removal that depends on an age.
///
/// Any thread may use it. Times tick once per change.
package final class MemoryObjectStore: ObjectStore {
  private struct Object {
    let bytes: [UInt8]
    let modified: Timestamp
  }

  private struct State {
    var objects: [String: Object] = [:]
    var time: Int64 = 0

    /// Adds an object; nil when there is none of that name yet, else the one that stays.
    mutating func add(_ bytes: [UInt8], as name: String) -> Object? {
      if let known = objects[name] { return known }
      time += 1
      objects[name] = Object(bytes: bytes, modified: Timestamp(microseconds: time))
      return nil
    }
  }

  private let state = Mutex(State())

  /// An empty store.
  package init() {}

  package func create(_ name: String, _ pieces: [[UInt8]]) throws(StoreError) -> Creation {
    let bytes = Array(pieces.joined())
    guard let known = state.withLock({ $0.add(bytes, as: name) }) else { return .created }
    return known.bytes == bytes ? .created : .taken
  }

  package func begin() throws(StoreError) -> any Upload {
    MemoryUpload { [self] bytes, name in
      state.withLock { $0.add(bytes, as: name) == nil ? .created : .taken }
    }
  }

  package func get(_ name: String, at offset: Int, count: Int) throws(StoreError) -> [UInt8] {
    try Self.range(offset, count, of: object(name), name)
  }

  package func tail(_ name: String, count: Int) throws(StoreError) -> [UInt8] {
    Array(try object(name).bytes.suffix(count))
  }

  package func get(
    _ name: String, matching checksum: UInt64, at offset: Int, count: Int
  ) throws(StoreError) -> [UInt8] {
    try Self.range(offset, count, of: object(name, matching: checksum), name)
  }

  package func tail(
    _ name: String, matching checksum: UInt64, count: Int
  ) throws(StoreError) -> [UInt8] {
    Array(try object(name, matching: checksum).bytes.suffix(count))
  }

  package func trailerChecksum(of name: String) throws(StoreError) -> UInt64? {
    state.withLock { $0.objects[name] }.flatMap { Self.trailerChecksum(of: $0) }
  }

  package func byteCount(of name: String) throws(StoreError) -> Int {
    try object(name).bytes.count
  }

  package func refresh(_ name: String) {}

  package func changed(_ prefix: String) throws(StoreError) -> Timestamp? { nil }

  package func status(of name: String) throws(StoreError) -> FileStatus? {
    state.withLock { $0.objects[name] }.map {
      FileStatus(byteCount: $0.bytes.count, modified: $0.modified)
    }
  }

  package func list(
    _ prefix: String, after name: String, limit: Int
  ) throws(StoreError) -> [String] {
    let names = state.withLock { Array($0.objects.keys) }
    return Array(names.filter { $0.hasPrefix(prefix) && $0 > name }.sorted().prefix(limit))
  }

  package func folders(_ prefix: String) throws(StoreError) -> [String] {
    let names = try list(prefix, after: "", limit: .max)
    let folders = names.compactMap { name in
      let rest = name.dropFirst(prefix.count)
      return rest.firstIndex(of: "/").map { prefix + rest[...$0] }
    }
    return Set(folders).sorted()
  }

  package func delete(_ name: String) throws(StoreError) -> Bool {
    state.withLock { $0.objects.removeValue(forKey: name) != nil }
  }

  private func object(_ name: String) throws(StoreError) -> Object {
    guard let object = state.withLock({ $0.objects[name] }) else {
      throw StoreError(.missing, "cannot use \(name): it is not there")
    }
    return object
  }

  private func object(_ name: String, matching checksum: UInt64) throws(StoreError) -> Object {
    let object = try object(name)
    guard Self.trailerChecksum(of: object) == checksum else {
      throw StoreError(.missing, "\(name) is another file than the one that was indexed")
    }
    return object
  }

  private static func trailerChecksum(of object: Object) -> UInt64? {
    PackFormat.statedChecksum(trailer: Array(object.bytes.suffix(PackFormat.trailerBytes)))
  }

  private static func range(
    _ offset: Int, _ count: Int, of object: Object, _ name: String
  ) throws(StoreError) -> [UInt8] {
    let end = offset.addingReportingOverflow(count)
    guard offset >= 0, count >= 0, !end.overflow, end.partialValue <= object.bytes.count else {
      throw StoreError(.corrupt, "\(name) ends before byte \(end.partialValue)")
    }
    return Array(object.bytes[offset..<end.partialValue])
  }
}

/// The bytes of an object that has no name yet.
private final class MemoryUpload: Upload {
  private let bytes = Mutex<[UInt8]?>([])
  private let add: @Sendable ([UInt8], String) -> Creation

  init(add: @escaping @Sendable ([UInt8], String) -> Creation) { self.add = add }

  func append(_ piece: [UInt8]) throws(StoreError) {
    bytes.withLock {
      precondition($0 != nil, "an upload takes no bytes after its end")
      $0?.append(contentsOf: piece)
    }
  }

  func create(as name: String) throws(StoreError) -> Creation {
    guard let whole = bytes.withLock({ $0 }) else {
      preconditionFailure("an upload is committed once")
    }
    abandon()
    return add(whole, name)
  }

  func abandon() { bytes.withLock { $0 = nil } }
}
