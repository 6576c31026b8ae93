import Model
import Providers

/// The decisions of a run: which call is sent next and when, what is repeated, and when it ends.
actor RunDesk {
  /// A call that is to be sent now.
  struct Sending: Sendable {
    let call: Int
    /// The times that it was sent, this one included.
    let send: Int
    let at: Duration
    /// The time by which it is later than the load's schedule has it; nil without one.
    let late: Duration?
    /// The job that was made of it, which is asked for in the place of another.
    let job: String?
  }

  /// The consequence of a call's end.
  enum Verdict: Sendable {
    case final([SentCall])
    case repeated(due: Duration)
    /// Its job goes on, and is asked for again.
    case asked(due: Duration)
    /// It was cancelled, and what became of it is not known; or its job goes on, and is asked for
    /// when the run does.
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
  /// The jobs that were submitted and have not ended, by their calls.
  private var jobs: [Int: (id: String, send: Int)] = [:]
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
    let open = history.jobs
    let places = Dictionary(plan.calls.enumerated().map { ($1.key, $0) }) { first, _ in first }
    var reserved: Int64 = 0
    for job in open {
      guard let call = places[job.key], results[job.key] == nil, let id = job.job else { continue }
      jobs[call] = (id, job.send)
      reserved += plan.calls[call].bound ?? 0
    }
    ledger = SpendLedger(
      cap: limits.maxMicrodollars.map { Int64($0).multiplied(by: 1_000) },
      spent: history.spent.adding(-reserved),
      reserved: reserved)
    tally = RunTally(plan, history, results, jobs: Array(jobs.keys))
    var names: [DataText] = []
    laneOfTarget = plan.targets.map { target in
      let name = DataText(target.provider.name)
      if let place = names.firstIndex(of: name) { return place }
      names.append(name)
      return names.count - 1
    }
    var calls = [[Int]](repeating: [], count: names.count)
    for (index, call) in plan.calls.enumerated() where results[call.key] == nil {
      if jobs[index] == nil { calls[laneOfTarget[call.target]].append(index) }
    }
    for lane in names.indices {
      let target = laneOfTarget.firstIndex(of: lane) ?? 0
      let phases = plan.phases(calls[lane])
      lanes.append(
        Lane(
          plan.targets[target].provider.pace, concurrency: limits.concurrency,
          calls: phases.isEmpty ? calls[lane] : [], phases: phases))
    }
    // Before all others, since they are paid for.
    for call in jobs.keys.sorted() {
      lanes[laneOfTarget[plan.calls[call].target]].add(.init(call: call, due: .zero))
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
      let end = limits.maxSeconds.map { start + .seconds($0) }
      if let end, now >= end {
        stop(.time)
        return nil
      }
      switch lanes[lane].step(at: now, last: lastAllowed(lane), { plan.calls[$0].tokens }) {
      case .done: return nil
      case .wait(let moment): await wait(lane, until: moment.map { min($0, end ?? $0) })
      case .send(let index):
        let call = plan.calls[index]
        if tally.stops[call.target] != nil {
          lanes[lane].take(index, at: now)
          tally.withhold(call.target)
          wakeAll()
          continue
        }
        let job = jobs[index]
        if let most = limits.maxCalls, tally.sends >= most, job == nil {
          stop(.calls)
          return nil
        }
        guard job != nil || ledger.reserve(call.bound ?? 0) else {
          // What is under way may cost less than it might; asking for a job costs nothing.
          let due = lanes[lane].due { jobs[$0] != nil }
          if lanes.contains(where: { $0.inFlight > 0 }) || due.map({ $0 > now }) == true {
            await wait(lane, until: due)
            continue
          }
          stop(.budget)
          return nil
        }
        let late = lanes[lane].take(index, at: now)
        lanes[lane].began(tokens: call.tokens, at: now)
        if job == nil { earlier[call.key, default: 0] += 1 }
        tally.began(index, at: now, isNew: job == nil)
        wakeAll(but: lane)
        return Sending(
          call: index, send: job?.send ?? earlier[call.key] ?? 1, at: now, late: late,
          job: job?.id)
      }
    }
  }

  /// Takes the id of a job that is on disk.
  func submitted(_ sending: Sending, job: String) {
    jobs[sending.call] = (job, sending.send)
    tally.submitted(sending.call)
  }

  /// The last call that a lane may send, so that all providers stay near one another.
  private func lastAllowed(_ lane: Int) -> Int {
    let others = lanes.indices.filter { $0 != lane }.compactMap { lanes[$0].position }
    return others.min().map { $0 + Self.window } ?? Int.max
  }

  /// Takes the end of a call, of which nothing is on disk yet.
  /// - Parameter isAbandoned: True when the run cancelled it, so that its end is not known.
  func ended(
    _ sending: Sending, _ sent: SentCall, _ error: ProviderError?, isAbandoned: Bool
  ) -> Verdict {
    let call = plan.calls[sending.call]
    let lane = laneOfTarget[call.target]
    let now = environment.clock.now
    let goesOn = error?.leavesJob == true && jobs[sending.call] != nil
    lanes[lane].used(
      beyond: (sent.usedTokens ?? call.tokens.likely).adding(-call.tokens.likely))
    lanes[lane].heard(sent.rates, sentAt: sending.at, now: now)
    defer { wakeAll() }
    if isAbandoned {
      // A job stays reserved: it is asked for when the run goes on.
      if !goesOn { settle(sending.call, sent) }
      tally.ended(sending.call, sent, isAbandoned: !goesOn)
      lanes[lane].left()
      return .abandoned
    }
    let verdict = verdict(sending, sent, error, lane, now, goesOn: goesOn)
    var sent = sent
    switch verdict {
    case .final, .repeated: settle(sending.call, sent)
    // Its job is what it costs.
    case .asked, .abandoned: sent = sent.free
    }
    tally.ended(sending.call, sent, isAbandoned: false)
    sends[sending.call, default: []].append(sent)
    switch verdict {
    case .final: return .final(sends[sending.call] ?? [])
    case .abandoned:
      tally.withhold(call.target)
      lanes[lane].left()
      return verdict
    case .repeated, .asked: return verdict
    }
  }

  /// Takes the cost of a call that has ended, with its job.
  private func settle(_ call: Int, _ sent: SentCall) {
    jobs[call] = nil
    ledger.settle(plan.calls[call].bound ?? 0, cost: sent.cost)
  }

  private func verdict(
    _ sending: Sending, _ sent: SentCall, _ error: ProviderError?, _ lane: Int, _ now: Duration,
    goesOn: Bool
  ) -> Verdict {
    let call = plan.calls[sending.call]
    let all = (sends[sending.call] ?? []) + [sent]
    guard let error else {
      lanes[lane].succeeded(isRepeated: all.count > 1, time: now - sending.at)
      return .final(all)
    }
    let retry = plan.targets[call.target].provider.retry
    let pause = Backoff.pause(all.count, retry, random: environment.fraction())
    note(error, in: lane, at: now, pause)
    if [.quotaExhausted, .auth, .modelNotFound, .egress].contains(error.kind)
      || error.retryAfter.map({ $0 > Self.longestRest }) == true
    {
      tally.stop(call.target, error.kind)
      return goesOn ? .abandoned : .final(all)
    }
    let failures = all.count { $0.error != .rateLimited }
    guard retry.repeats(error.kind), failures <= retry.maxRetries, retry.maxRetries > 0,
      all.count < Self.sendLimit
    else { return goesOn && error.kind != .timeoutTotal ? .abandoned : .final(all) }
    return goesOn ? .asked(due: now + pause) : .repeated(due: now + pause)
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
    let lane = laneOfTarget[plan.calls[index].target]
    lanes[lane].left()
    if jobs[index] == nil { tally.ended(job: index) }
    lanes[lane].add(.init(call: index, due: due))
    tally.repeated()
    wakeAll()
    report()
  }

  /// Takes an outcome that is on disk.
  func settle(_ index: Int, _ columns: JSON.Object) {
    let call = plan.calls[index]
    lanes[laneOfTarget[call.target]].left()
    results[call.key] = columns
    sends[index] = nil
    tally.settled(index, call.target, columns)
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
    return tally.outcome(results, stop: stop, atMost: ledger.atMost)
  }

  private func report() {
    environment.progress(
      tally.progress(at: environment.clock.now, atMost: ledger.atMost, limits))
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
