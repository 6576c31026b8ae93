import Dispatch
import Foundation
import Model
import Synchronization

/// A wait for asynchronous work by a command, which is none itself.
enum Waiting {
  /// Does `body` and returns its value; an interrupt cancels it, and one more ends the process.
  /// - Parameter interrupted: Called for the first interrupt in the place of cancelling.
  static func value<Value: Sendable>(
    interrupted: (@Sendable () -> Void)? = nil,
    _ body: @escaping @Sendable () async throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let result = Mutex<Result<Value, StoreError>?>(nil)
    let group = DispatchGroup()
    group.enter()
    let task = Task {
      let value: Result<Value, StoreError>
      do throws(StoreError) {
        value = .success(try await body())
      } catch {
        value = .failure(error)
      }
      result.withLock { $0 = value }
      group.leave()
    }
    let first = Mutex(interrupted)
    let interrupts = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(
        signal: number, queue: DispatchQueue(label: "assay.interrupt"))
      source.setEventHandler {
        let handler = first.withLock { first in
          defer { first = nil }
          return first
        }
        if let handler {
          handler()
        } else {
          task.cancel()
          for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        }
      }
      source.resume()
      return source
    }
    group.wait()
    for source in interrupts { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    guard let value = result.withLock({ $0 }) else {
      throw StoreError(.unavailable, "the work has ended without a result")
    }
    return try value.get()
  }
}
