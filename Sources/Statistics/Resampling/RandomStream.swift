/// Random numbers that are a function of only seed, stream and position.
///
/// The n-th word of a stream is SplitMix64's mixer over `start + n·γ` (Steele, Lea and Flood 2014,
/// https://prng.di.unimi.it/splitmix64.c), and `start` mixes seed and stream number in the same
/// way. Each resample draws from the stream of its own number, so the result is the same bytes on
/// any machine, in any order and on any number of threads. Not for secrets.
package struct RandomStream: RandomNumberGenerator, Sendable {
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var state: UInt64

  /// The stream numbered `stream` of `seed`.
  package init(seed: UInt64, stream: UInt64) {
    state = Self.mixed(Self.mixed(seed &+ Self.step) ^ Self.mixed(stream &* Self.step &+ 1))
  }

  /// The next 64 random bits.
  package mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mixed(state)
  }

  /// A number in 0..<bound, all equally likely; `bound` is at least 1.
  ///
  /// The high word of a product, redrawn where it would be uneven (Lemire,
  /// https://arxiv.org/abs/1805.10941).
  package mutating func index(below bound: Int) -> Int {
    let bound = UInt64(truncatingIfNeeded: bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let uneven = (0 &- bound) % bound
      while product.low < uneven { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(truncatingIfNeeded: product.high)
  }

  /// A number in 0..<1 with 53 random bits.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  private static func mixed(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
