import Model
import Providers

/// The decisions of a run: which call is sent next and when, what is repeated, and when it ends.
actor RunDesk {
  /// A call that is to be sent now.
  struct Sending: Sendable {
    let call: Int
    /// The times that it was sent, this one included.
    let send: Int
  }

  /// The consequence of a call's end.
  enum Verdict: Sendable {
    case final([SentCall])
    case repeated(due: Duration)
    /// It was cancelled; what became of it is not known.
    case abandoned
  }

  /// The most times that a call is sent, however often its provider limits the rate.
  private static let sendLimit = 20
  /// A provider that asks for a longer wait gets no more calls.
  private static let longestRest = Duration.seconds(3_600)
  /// The number of calls by which providers may be apart in the order of the plan.
  private static let window = 256

  private let plan: RunPlan
  private let limits: RunDefinition.Limits
  private let environment: RunEnvironment
  private let start: Duration
  private var lanes: [Lane] = []
  /// The lane of each target.
  private let laneOfTarget: [Int]
  private var waiters: [CheckedContinuation<Void, Never>?]
  private var timers: [Task<Void, Never>?]
  private var ledger: SpendLedger
  private var tally: RunTally
  private var sends: [Int: [SentCall]] = [:]
  private var earlier: [Digest: Int]
  private var results: [Digest: JSON.Object]
  private var stop: RunOutcome.Stop?
  private var failure: StoreError?

  init(
    _ plan: RunPlan, _ limits: RunDefinition.Limits, history: RunHistory,
    known: [Digest: JSON.Object], in environment: RunEnvironment
  ) {
    self.plan = plan
    self.limits = limits
    self.environment = environment
    start = environment.clock.now
    results = known.merging(history.results) { $1 }
    earlier = history.sends
    ledger = SpendLedger(
      cap: limits.maxMicrodollars.map { Int64($0) * 1_000 }, spent: history.spent)
    tally = RunTally(plan, history, results)
    var names: [DataText] = []
    laneOfTarget = plan.targets.map { target in
      let name = DataText(target.provider.name)
      if let place = names.firstIndex(of: name) { return place }
      names.append(name)
      return names.count - 1
    }
    var calls = [[Int]](repeating: [], count: names.count)
    for (index, call) in plan.calls.enumerated() where results[call.key] == nil {
      calls[laneOfTarget[call.target]].append(index)
    }
    for lane in names.indices {
      let target = laneOfTarget.firstIndex(of: lane) ?? 0
      lanes.append(
        Lane(
          plan.targets[target].provider.pace, concurrency: limits.concurrency, calls: calls[lane]))
    }
    waiters = Array(repeating: nil, count: names.count)
    timers = Array(repeating: nil, count: names.count)
  }

  var laneCount: Range<Int> { lanes.indices }

  /// Returns the next call of a lane when it may be sent; nil when there is none any more.
  func next(_ lane: Int) async -> Sending? {
    while true {
      guard stop == nil, failure == nil else { return nil }
      let now = environment.clock.now
      if let seconds = limits.maxSeconds, now - start >= .seconds(seconds) {
        stop(.time)
        return nil
      }
      switch lanes[lane].step(at: now, last: lastAllowed(lane), tokens: { plan.calls[$0].tokens }) {
      case .done: return nil
      case .wait(let moment): await wait(lane, until: moment)
      case .send(let index):
        let call = plan.calls[index]
        if tally.stops[call.target] != nil {
          lanes[lane].take(index)
          tally.withhold(call.target)
          wakeAll()
          continue
        }
        if let most = limits.maxCalls, tally.sends >= most {
          stop(.calls)
          return nil
        }
        guard ledger.reserve(call.bound ?? 0) else {
          if ledger.reserved > 0 {
            await wait(lane, until: nil)
            continue
          }
          stop(.budget)
          return nil
        }
        lanes[lane].take(index)
        lanes[lane].began(tokens: call.tokens, at: now)
        earlier[call.key, default: 0] += 1
        tally.began(index, at: now)
        wakeAll(but: lane)
        return Sending(call: index, send: earlier[call.key] ?? 1)
      }
    }
  }

  /// The last call that a lane may send, so that all providers stay near one another.
  private func lastAllowed(_ lane: Int) -> Int {
    let others = lanes.indices.filter { $0 != lane }.compactMap { lanes[$0].position }
    return others.min().map { $0 + Self.window } ?? Int.max
  }

  /// Takes the end of a call, which makes room for another.
  func ended(_ sending: Sending, _ sent: SentCall, _ error: ProviderError?) -> Verdict {
    let call = plan.calls[sending.call]
    let lane = laneOfTarget[call.target]
    lanes[lane].ended(correction: (sent.usedTokens ?? call.tokens) - call.tokens)
    ledger.settle(call.bound ?? 0, cost: sent.cost)
    tally.ended(sending.call, sent)
    sends[sending.call, default: []].append(sent)
    defer { wakeAll() }
    let all = sends[sending.call] ?? []
    guard let error else {
      lanes[lane].succeeded(isRepeated: all.count > 1)
      return .final(all)
    }
    if error.kind == .cancelled, stop == .cancelled { return .abandoned }
    let now = environment.clock.now
    let retry = plan.targets[call.target].provider.retry
    let pause = Backoff.pause(all.count, retry, random: environment.fraction())
    note(error, in: lane, at: now, pause)
    if [.quotaExhausted, .auth, .modelNotFound, .egress].contains(error.kind)
      || error.retryAfter.map({ $0 > Self.longestRest }) == true
    {
      tally.stop(call.target, error.kind)
      return .final(all)
    }
    let failures = all.count { $0.error != .rateLimited }
    guard retry.repeats(error.kind), failures <= retry.maxRetries, retry.maxRetries > 0,
      all.count < Self.sendLimit
    else { return .final(all) }
    lanes[lane].expect()
    return .repeated(due: now + pause)
  }

  /// Takes what a failure says of the provider.
  private func note(
    _ error: ProviderError, in lane: Int, at now: Duration, _ pause: Duration
  ) {
    if error.kind.isRetryable { lanes[lane].troubled() }
    let isLimited = error.kind == .rateLimited
    guard isLimited || error.retryAfter != nil else { return }
    let rest = error.retryAfter.map { Backoff.rest($0, random: environment.fraction()) } ?? pause
    lanes[lane].pause(at: now, for: rest, isLimited: isLimited)
  }

  /// Puts a call back whose failure is on disk.
  func again(_ index: Int, at due: Duration) {
    lanes[laneOfTarget[plan.calls[index].target]].add(.init(call: index, due: due))
    wakeAll()
    report()
  }

  /// Takes an outcome that is on disk.
  func settle(_ index: Int, _ columns: JSON.Object) {
    let call = plan.calls[index]
    results[call.key] = columns
    sends[index] = nil
    tally.settled(call.target, columns)
    if let percent = limits.stopAfterErrorPercent, tally.isFailing(call.target, percent) {
      tally.stop(call.target, nil)
    }
    wakeAll()
    report()
  }

  /// Sends no more calls.
  func stop(_ reason: RunOutcome.Stop) {
    if stop == nil || reason == .cancelled { stop = reason }
    wakeAll()
  }

  /// Sends no more calls, since what happens cannot be kept.
  func fail(_ error: StoreError) {
    if failure == nil { failure = error }
    wakeAll()
  }

  func outcome() throws(StoreError) -> RunOutcome {
    for timer in timers { timer?.cancel() }
    if let failure { throw failure }
    for lane in lanes.indices {
      for index in lanes[lane].unsent { tally.withhold(plan.calls[index].target) }
    }
    return tally.outcome(results, stop: stop, atMost: ledger.spent)
  }

  private func report() {
    environment.progress(
      tally.progress(at: environment.clock.now, atMost: ledger.spent, limits))
  }
}

extension RunDesk {
  private func wait(_ lane: Int, until moment: Duration?) async {
    let clock = environment.clock
    if let moment {
      timers[lane] = Task {
        await clock.sleep(until: moment)
        if !Task.isCancelled { self.wake(lane) }
      }
    }
    await withCheckedContinuation { waiters[lane] = $0 }
    timers[lane]?.cancel()
    timers[lane] = nil
  }

  private func wake(_ lane: Int) {
    waiters[lane]?.resume()
    waiters[lane] = nil
  }

  private func wakeAll(but one: Int? = nil) {
    for lane in waiters.indices where lane != one { wake(lane) }
  }
}
