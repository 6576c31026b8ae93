import Providers

/// The calls of one provider: those to be sent, and the limits within which they follow one
/// another.
struct Lane: Sendable {
  /// A call that is sent again, from a moment on.
  struct Delayed: Sendable {
    let call: Int
    let due: Duration
  }

  /// The calls of a target under one load.
  struct Phase: Sendable {
    let load: Int
    /// True for the first load of its target.
    let isFirst: Bool
    var calls: [Int]
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
  private var quotas = AccountQuotas()
  /// Calls in the order of the plan.
  private var queue: ArraySlice<Int>
  private var delayed: [Delayed] = []
  /// The calls that follow under loads, when a run measures those.
  private var phases: ArraySlice<Phase>
  private var schedule: LoadSchedule?
  private let most: Int
  /// Calls that began and whose outcomes are not on disk yet.
  private(set) var inFlight = 0
  private var pauseEnd = Duration.zero

  /// The calls of a provider: `calls` in their order, or phases of them.
  init(
    _ pace: ProviderDefinition.Pace, concurrency: Int?, calls: [Int], phases: [Phase] = []
  ) {
    most = min(pace.maxConcurrency, concurrency ?? Int.max)
    self.phases = phases[...]
    schedule = phases.isEmpty ? nil : LoadSchedule()
    limit = ConcurrencyLimit(start: pace.startConcurrency ?? 16, most: most)
    requests = pace.requestsPerMinute.map { TokenBucket(perMinute: $0) }
    tokens = pace.tokensPerMinute.map { TokenBucket(perMinute: $0) }
    queue = calls[...]
  }

  /// The first call that was not sent yet; nil when all were.
  var position: Int? { schedule == nil ? queue.first : nil }

  /// The moment from which on the first of the delayed calls that `isWanted` accepts may be sent.
  func due(_ isWanted: (Int) -> Bool) -> Duration? {
    delayed.filter { isWanted($0.call) }.map(\.due).min()
  }

  /// The calls that are still to be sent.
  var unsent: [Int] { delayed.map(\.call) + queue + phases.flatMap(\.calls) }

  /// Returns the next step.
  /// - Parameters:
  ///   - last: The last call that may be sent for the first time now.
  ///   - count: The tokens that a call is taken for.
  mutating func step(at now: Duration, last: Int, _ count: (Int) -> TokenEstimate) -> Step {
    if queue.isEmpty, delayed.isEmpty {
      guard inFlight == 0 else { return .wait(until: nil) }
      guard let phase = phases.popFirst() else { return .done }
      queue = phase.calls[...]
      schedule?.begin(phase.load, isFirst: phase.isFirst, at: now)
      return step(at: now, last: last, count)
    }
    guard now >= pauseEnd else { return .wait(until: pauseEnd) }
    let atOnce = schedule.map { min(most, $0.atOnce ?? most) } ?? limit.value
    guard inFlight < atOnce else { return .wait(until: nil) }
    let due = delayed.min { $0.due < $1.due }
    let call: Int
    if let due, due.due <= now {
      call = due.call
    } else if let next = queue.first, next <= last || schedule != nil {
      if let moment = schedule?.due, moment > now {
        return .wait(until: min(moment, due?.due ?? moment))
      }
      call = next
    } else {
      return .wait(until: due?.due)
    }
    let wait = max(
      requests?.wait(for: 1, at: now) ?? .zero,
      tokens?.wait(for: count(call).likely, at: now) ?? .zero,
      quotas.wait(tokens: count(call).most, at: now))
    return wait > .zero ? .wait(until: now + wait) : .send(call)
  }

  /// Takes out a call that ``step(at:last:_:)`` returned, and returns how late it is by a schedule.
  @discardableResult
  mutating func take(_ call: Int, at now: Duration) -> Duration? {
    guard queue.first == call else {
      delayed.removeAll { $0.call == call }
      return schedule == nil ? nil : .zero
    }
    queue.removeFirst()
    return schedule?.take(at: now)
  }

  /// Notes that a call is sent now.
  mutating func began(tokens count: TokenEstimate, at now: Duration) {
    inFlight += 1
    limit.began(inFlight: inFlight)
    requests?.take(1, at: now)
    tokens?.take(count.likely, at: now)
    quotas.began(tokens: count.most, at: now)
  }

  /// Notes the end of a call that was sent at `sentAt`, and the quotas that its answer reports.
  mutating func heard(_ report: RateReport?, sentAt: Duration, now: Duration) {
    quotas.ended(sentAt: sentAt)
    if let report { quotas.heard(report, sentAt: sentAt, now: now) }
  }

  /// Notes the tokens that a call used beyond its estimate; below zero for fewer.
  mutating func used(beyond correction: Int) { tokens?.correct(by: correction) }

  /// Notes that a call's end is on disk, which makes room for another: so a crash leaves no more
  /// calls without an outcome than may be under way at a time.
  mutating func left() { inFlight -= 1 }

  /// Notes an answer, which took `time`.
  mutating func succeeded(isRepeated: Bool, time: Duration) {
    limit.succeeded(isRepeated: isRepeated)
    schedule?.measured(time)
  }

  mutating func troubled() { limit.troubled() }

  /// Sends nothing for a while.
  mutating func pause(at now: Duration, for rest: Duration, isLimited: Bool) {
    pauseEnd = max(pauseEnd, now + rest)
    if isLimited { limit.limited(at: now, wait: rest) }
  }

  /// Adds a call that is sent again.
  mutating func add(_ call: Delayed) { delayed.append(call) }
}
