import Client
import Foundation
import Hummingbird
import Logging
import Model
import Objects
import Server
import Service
import ServiceLifecycle
import Store
import Synchronization
import TestSupport
import Testing
import Wire

/// A store in a folder, and a server of it on this machine.
struct ServedStore: Sendable {
  /// The store itself.
  let local: LocalStoreService
  /// The same over REST.
  let remote: RemoteStoreService
  let server: AssayServer
  let url: String
  let folder: TemporaryDirectory

  /// Runs `body`, which may block, with a new store and its server, and ends the server.
  static func with(
    _ body: @escaping @Sendable (ServedStore) throws -> Void
  ) async throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/store"
    try Store.create(path: path)
    let store = try Store(path: path)
    let local = LocalStoreService(store, author: "ann")
    var options = ServerOptions()
    options.port = 0
    options.logLevel = .warning
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = try AssayServer(
      home: StoreHome(path: path), options: options,
      clock: { Timestamp(microseconds: 1_800_000_000_000_000) },
      service: { local.limited(to: $0, $1) },
      versionCache: VersionCache(local), routers: local.liveRouters(recordingTo: nil))
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let application = try server.application { port.yield($0) }
    let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      let number = try #require(await iterator.next())
      let url = "http://127.0.0.1:\(number)"
      let served = ServedStore(
        local: local, remote: try RemoteStoreService(url: url, token: nil), server: server,
        url: url, folder: folder)
      do {
        try await blocking { try body(served) }
      } catch {
        await group.triggerGracefulShutdown()
        throw error
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  /// Writes a file into the folder and gives its path.
  func file(_ text: String, as name: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// Saves JSON lines.
  func push(
    _ name: String, _ text: String, _ change: (inout PushRequest) -> Void = { _ in },
    to service: any DatasetService
  ) throws -> PushDocument {
    var request = PushRequest()
    change(&request)
    return try service.push(
      try DatasetName(name),
      TableFile(path: try file(text, as: "rows.jsonl"), format: .jsonl, compression: nil),
      request
    ) { _ in }
  }
}

/// Runs what blocks on a thread of its own.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}
