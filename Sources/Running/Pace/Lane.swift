import Providers

/// The calls of one provider: those to be sent, and the limits within which they follow one
/// another.
struct Lane: Sendable {
  /// A call that is sent again, from a moment on.
  struct Delayed: Sendable {
    let call: Int
    let due: Duration
  }

  /// The possible next steps.
  enum Step {
    case send(Int)
    /// Until a moment, or with nil until something changes.
    case wait(until: Duration?)
    case done
  }

  private(set) var limit: ConcurrencyLimit
  private var requests: TokenBucket?
  private var tokens: TokenBucket?
  /// Calls in the order of the plan.
  private var queue: ArraySlice<Int>
  private var delayed: [Delayed] = []
  private(set) var inFlight = 0
  /// Failed calls that will be added again.
  private var returning = 0
  private var pauseEnd = Duration.zero

  init(_ pace: ProviderDefinition.Pace, concurrency: Int?, calls: [Int]) {
    let most = min(pace.maxConcurrency, concurrency ?? Int.max)
    limit = ConcurrencyLimit(start: pace.startConcurrency ?? 16, most: most)
    requests = pace.requestsPerMinute.map { TokenBucket(perMinute: $0) }
    tokens = pace.tokensPerMinute.map { TokenBucket(perMinute: $0) }
    queue = calls[...]
  }

  /// The first call that was not sent yet; nil when all were.
  var position: Int? { queue.first }

  /// The calls that are still to be sent.
  var unsent: [Int] { delayed.map(\.call) + queue }

  /// Returns the next step.
  /// - Parameters:
  ///   - last: The last call that may be sent for the first time now.
  ///   - count: The tokens that a call is taken for.
  mutating func step(at now: Duration, last: Int, tokens count: (Int) -> Int) -> Step {
    guard !queue.isEmpty || !delayed.isEmpty else {
      return inFlight == 0 && returning == 0 ? .done : .wait(until: nil)
    }
    guard now >= pauseEnd else { return .wait(until: pauseEnd) }
    guard inFlight < limit.value else { return .wait(until: nil) }
    let due = delayed.min { $0.due < $1.due }
    let call: Int
    if let due, due.due <= now {
      call = due.call
    } else if let next = queue.first, next <= last {
      call = next
    } else {
      return .wait(until: due?.due)
    }
    let wait = max(
      requests?.wait(for: 1, at: now) ?? .zero, tokens?.wait(for: count(call), at: now) ?? .zero)
    return wait > .zero ? .wait(until: now + wait) : .send(call)
  }

  /// Takes out a call that ``step(at:last:tokens:)`` returned.
  mutating func take(_ call: Int) {
    if queue.first == call {
      queue.removeFirst()
    } else {
      delayed.removeAll { $0.call == call }
    }
  }

  /// Notes that a call is sent now.
  mutating func began(tokens count: Int, at now: Duration) {
    inFlight += 1
    limit.began(inFlight: inFlight)
    requests?.take(1, at: now)
    tokens?.take(count, at: now)
  }

  /// Notes that a call ended.
  /// - Parameter correction: The tokens beyond the estimate; below zero for fewer.
  mutating func ended(correction: Int) {
    inFlight -= 1
    tokens?.correct(by: correction)
  }

  mutating func succeeded(isRepeated: Bool) { limit.succeeded(isRepeated: isRepeated) }

  mutating func troubled() { limit.troubled() }

  /// Sends nothing for a while.
  mutating func pause(at now: Duration, for rest: Duration, isLimited: Bool) {
    pauseEnd = max(pauseEnd, now + rest)
    if isLimited { limit.limited(at: now, wait: rest) }
  }

  /// Notes that a call that ended will be added again.
  mutating func expect() { returning += 1 }

  /// Adds a call that was expected.
  mutating func add(_ call: Delayed) {
    returning -= 1
    delayed.append(call)
  }
}
