import Foundation
import Glibc
import Model
import Synchronization

/// A server on this machine that answers with bytes chosen beforehand, also such as no good server
/// sends.
///
/// The thread that takes connections ends when the server is let go of, and the one of a connection
/// when its client closes it.
package final class ScriptedServer: Sendable {
  /// What a client sent.
  package struct Request: Sendable {
    package let method: String
    package let target: String
    /// By lower-case name.
    package let fields: [String: String]
    package let body: [UInt8]
    /// Counted from 1.
    package let connection: Int
  }

  /// What the server does about a request.
  package struct Reply: Sendable {
    package var bytes: [UInt8]
    /// Whether the connection ends after these bytes.
    package var closes: Bool

    /// A whole response with its length.
    package static func response(
      _ status: Int, _ fields: [String] = [], _ body: some Sequence<UInt8> = [],
      closes: Bool = false
    ) -> Reply {
      let body = Array(body)
      return raw(
        "HTTP/1.1 \(status) Reason\r\n"
          + (fields + ["Content-Length: \(body.count)"]).map { $0 + "\r\n" }.joined() + "\r\n",
        body, closes: closes)
    }

    /// A response of 200 with a JSON body.
    package static func json(_ text: String) -> Reply {
      response(200, ["Content-Type: application/json"], text.utf8)
    }

    /// These bytes.
    package static func raw(
      _ text: String, _ body: some Sequence<UInt8> = [], closes: Bool = true
    ) -> Reply {
      Reply(bytes: Array(text.utf8) + body, closes: closes)
    }
  }

  private struct State {
    var requests: [Request] = []
    var connections = 0
  }

  /// What outlives the server until its thread has noticed.
  private final class Core: Sendable {
    let socket: Int32
    let readsBodies: Bool
    let script: @Sendable (Int, Request) -> Reply
    let state = Mutex(State())

    init(
      socket: Int32, readsBodies: Bool, script: @escaping @Sendable (Int, Request) -> Reply
    ) {
      self.socket = socket
      self.readsBodies = readsBodies
      self.script = script
    }
  }

  private let core: Core
  /// The port it listens on.
  package let port: Int

  /// Answers request number n, counted from 0, with the n-th of `replies`; the last one is repeated.
  package convenience init(_ replies: Reply...) throws {
    try self.init { number, _ in replies[min(number, replies.count - 1)] }
  }

  /// Answers requests, counted from 0, with what `script` chooses.
  /// - Parameter readsBodies: Whether it waits for a body before it answers.
  package init(
    readsBodies: Bool = true, _ script: @escaping @Sendable (Int, Request) -> Reply
  ) throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(socket, $0, size) == 0 && listen(socket, 16) == 0
          && getsockname(socket, $0, &size) == 0
      }
    }
    guard socket >= 0, isBound else { throw StoreError(.unavailable, "no socket: \(errno)") }
    port = Int(UInt16(bigEndian: address.sin_port))
    core = Core(socket: socket, readsBodies: readsBodies, script: script)
    let core = core
    Thread.detachNewThread { Self.serve(core) }
  }

  deinit {
    // Wakes the thread, which closes the socket.
    shutdown(core.socket, Int32(SHUT_RDWR))
  }

  /// Its address.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// What it was sent so far, in order.
  package var requests: [Request] { core.state.withLock { $0.requests } }

  private static func serve(_ core: Core) {
    defer { close(core.socket) }
    while true {
      let connection = accept(core.socket, nil, nil)
      guard connection >= 0 else { return }
      let number = core.state.withLock { state in
        state.connections += 1
        return state.connections
      }
      Thread.detachNewThread {
        answer(connection, number, core)
        close(connection)
      }
    }
  }

  private static func answer(_ connection: Int32, _ number: Int, _ core: Core) {
    var buffer: [UInt8] = []
    while let request = read(connection, number, core.readsBodies, &buffer) {
      let position = core.state.withLock { state in
        state.requests.append(request)
        return state.requests.count - 1
      }
      let reply = core.script(position, request)
      var rest = reply.bytes[...]
      while !rest.isEmpty {
        let sent = unsafe rest.withUnsafeBytes {
          unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent > 0 else { return }
        rest = rest.dropFirst(sent)
      }
      if reply.closes { return }
      if !core.readsBodies { while read(connection, appendingTo: &buffer) { buffer = [] } }
    }
  }

  /// The next request on a connection; nil when there is none.
  private static func read(
    _ connection: Int32, _ number: Int, _ readsBody: Bool, _ buffer: inout [UInt8]
  ) -> Request? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let start = buffer.firstRange(of: end) {
        let head = String(decoding: buffer[..<start.lowerBound], as: UTF8.self)
        var lines = head.split(separator: "\r\n")
        let words = lines.removeFirst().split(separator: " ")
        guard words.count == 3 else { return nil }
        var fields: [String: String] = [:]
        for line in lines {
          let parts = line.split(separator: ":", maxSplits: 1)
          fields[parts[0].lowercased()] = parts.count < 2 ? "" : String(parts[1].dropFirst())
        }
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        let count = readsBody ? length : 0
        while buffer.count - start.upperBound < count {
          guard read(connection, appendingTo: &buffer) else { return nil }
        }
        let body = Array(buffer[start.upperBound..<start.upperBound + count])
        buffer.removeFirst(start.upperBound + count)
        return Request(
          method: String(words[0]), target: String(words[1]), fields: fields, body: body,
          connection: number)
      }
      guard read(connection, appendingTo: &buffer) else { return nil }
    }
  }

  /// Appends what comes next.
  /// - Returns: False at the end.
  private static func read(_ connection: Int32, appendingTo buffer: inout [UInt8]) -> Bool {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe recv(connection, &piece, piece.count, 0)
    guard count > 0 else { return false }
    buffer += piece[..<count]
    return true
  }
}
