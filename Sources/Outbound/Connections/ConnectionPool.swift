import Model
import Synchronization

/// Connections that are not in use, for whichever thread wants one next.
final class ConnectionPool: Sendable {
  private let idle = Mutex<[HTTPConnection]>([])

  /// The most idle connections that are kept open.
  private static let capacity = 4

  /// Calls `body` with a connection that no other thread uses meanwhile.
  func withConnection<Result>(
    _ body: (HTTPConnection) throws(TransferFailure) -> Result
  ) throws(TransferFailure) -> Result {
    let connection: HTTPConnection
    if let waiting = idle.withLock({ $0.popLast() }) {
      connection = waiting
    } else {
      do throws(StoreError) {
        connection = try HTTPConnection()
      } catch {
        throw TransferFailure(error)
      }
    }
    defer {
      idle.withLock { if $0.count < Self.capacity { $0.append(connection) } }
    }
    return try body(connection)
  }
}
