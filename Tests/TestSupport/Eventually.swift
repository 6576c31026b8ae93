import Glibc

/// A condition that did not come to hold in as many looks as are made.
package struct NeverHeld: Error, CustomStringConvertible {
  package let description: String
}

/// The number of looks before a condition is given up: minutes, on any machine.
private let mostLooks = 60_000
private let pauseMicroseconds: UInt32 = 5_000

/// Waits until a condition holds that another thread or process brings about.
///
/// The only polling of tests: nothing tells when the other side has come so far. The calling thread
/// sleeps between looks.
/// - Parameter what: The condition, for the error: "the server has answered".
/// - Throws: ``NeverHeld``, or what `condition` throws.
package func eventually(_ what: String, _ condition: () throws -> Bool) throws {
  for _ in 0..<mostLooks {
    if try condition() { return }
    usleep(pauseMicroseconds)
  }
  throw NeverHeld(description: "never came to hold: \(what)")
}

/// Waits as the other does, for callers that are async: no thread is held between looks.
package func eventually(_ what: String, _ condition: () throws -> Bool) async throws {
  for _ in 0..<mostLooks {
    if try condition() { return }
    try await Task.sleep(for: .microseconds(Int(pauseMicroseconds)))
  }
  throw NeverHeld(description: "never came to hold: \(what)")
}
