import Foundation
package import Model

/// The system's clock.
///
/// What a test has to repeat takes a closure in its place. Any thread may call.
package enum SystemClock {
  /// The time now, in whole microseconds, of a clock that people can set back.
  package static func now() -> Timestamp {
    Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
  }
}
