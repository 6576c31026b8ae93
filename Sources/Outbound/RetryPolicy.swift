/// The number of times that a request is sent again, and the pauses between.
package struct RetryPolicy: Sendable {
  /// The most attempts, as long as none of them makes progress.
  package var attempts = 5
  /// The pause before the second time; each one after that is twice as long.
  package var firstPause = Duration.milliseconds(200)
  /// The bound to which pauses grow.
  package var longestPause = Duration.seconds(10)
  /// The longest pause that a server may ask for; it is not asked again when it wants a longer one.
  package var longestAskedFor = Duration.seconds(60)

  /// Five attempts within some seconds.
  package init() {}
}

/// The outcome of a request, by which the retry is decided.
package enum RetryOutcome: Sendable {
  case failed(TransferFailure.Cause)
  case answered(status: Int, retryAfter: Duration?)
}

/// Decides whether and when a request is sent again; it neither sends nor waits.
package struct RetrySchedule: Sendable {
  private let policy: RetryPolicy
  private let isRepeatable: Bool
  private var attempts = 1
  private var generator: JitterGenerator

  /// A schedule for one request, which is being sent for the first time.
  /// - Parameter isRepeatable: Whether sending it twice does no more than sending it once.
  package init(_ policy: RetryPolicy, isRepeatable: Bool, seed: UInt64) {
    self.policy = policy
    self.isRepeatable = isRepeatable
    generator = JitterGenerator(state: seed)
  }

  /// The pause before sending it again; nil to give up.
  /// - Parameter hasProgressed: Whether a good part of the answer came this time, so that the
  ///   attempts before do not count.
  package mutating func pause(after outcome: RetryOutcome, hasProgressed: Bool = false) -> Duration?
  {
    guard isRepeatable else { return nil }
    if hasProgressed { attempts = 1 }
    guard attempts < policy.attempts else { return nil }
    var asked: Duration?
    switch outcome {
    case .failed(.unreachable), .failed(.interrupted): break
    case .failed: return nil
    case .answered(502, _), .answered(504, _): break
    case .answered(429, let retryAfter), .answered(503, let retryAfter): asked = retryAfter
    case .answered: return nil
    }
    if let asked, asked > policy.longestAskedFor { return nil }
    // Half of the pause is fixed and half is random, so that clients that failed together do not
    // come back together:
    // https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    let full = min(policy.longestPause, policy.firstPause * (1 << (attempts - 1)))
    attempts += 1
    let pause = full / 2 + full * Double.random(in: 0..<0.5, using: &generator)
    return max(pause, asked ?? .zero)
  }
}

/// Random numbers that follow from a seed (SplitMix64, https://prng.di.unimi.it/splitmix64.c).
private struct JitterGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
