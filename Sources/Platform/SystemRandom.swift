import Model

/// The system's random number generator, which is a cryptographic one
/// (https://developer.apple.com/documentation/swift/systemrandomnumbergenerator).
///
/// What a test has to repeat takes a generator of its own in its place. Any thread may call.
package enum SystemRandom {
  /// Sixty-four random bits.
  package static func number() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }

  /// Random bytes.
  package static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// Random bytes as hexadecimal digits, two for each.
  package static func hex(_ byteCount: Int) -> String { Hex.encode(bytes(byteCount)) }
}
