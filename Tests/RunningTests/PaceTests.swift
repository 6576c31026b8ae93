import Testing

import Providers
import Running

@Suite struct PaceTests {
  @Test func `a limit doubles per clean round that used it, and falls once per episode`() {
    var limit = ConcurrencyLimit(start: 4, most: 64)
    func round() {
      limit.began(inFlight: limit.value)
      for _ in 0..<limit.value { limit.succeeded(isRepeated: false) }
    }
    round()
    #expect(limit.value == 8)
    round()
    #expect(limit.value == 16)
    limit.limited(at: .seconds(1), wait: .seconds(2))
    limit.limited(at: .seconds(3), wait: .seconds(2))
    #expect(limit.value == 12)
    limit.limited(at: .seconds(17), wait: .zero)
    #expect(limit.value == 9)
    round()
    #expect(limit.value == 10)
  }

  @Test func `a limit grows neither unused, nor in trouble, nor by repeated calls`() {
    var limit = ConcurrencyLimit(start: 4, most: 64)
    limit.began(inFlight: 2)
    for _ in 0..<4 { limit.succeeded(isRepeated: false) }
    #expect(limit.value == 4)
    limit.began(inFlight: 4)
    limit.troubled()
    for _ in 0..<4 { limit.succeeded(isRepeated: false) }
    #expect(limit.value == 4)
    limit.began(inFlight: 4)
    for _ in 0..<100 { limit.succeeded(isRepeated: true) }
    #expect(limit.value == 4)
  }

  @Test func `a limit stays between one and the most`() {
    var limit = ConcurrencyLimit(start: 16, most: 3)
    #expect(limit.value == 3)
    for second in 1...20 { limit.limited(at: .seconds(second * 100), wait: .zero) }
    #expect(limit.value == 1)
  }

  @Test func `a schedule goes by the time that answers took under the first load`() {
    var schedule = LoadSchedule()
    schedule.begin(2, isFirst: true, at: .zero)
    #expect(schedule.atOnce == 2)
    #expect(schedule.due == nil)
    for time in [1, 3] { schedule.measured(.seconds(time)) }
    schedule.begin(8, isFirst: false, at: .seconds(10))
    #expect(schedule.atOnce == nil)
    #expect(schedule.due == .seconds(10))
    #expect(schedule.take(at: .seconds(10)) == .zero)
    // Two seconds each and eight at a time: four a second, whatever the answers take now.
    schedule.measured(.seconds(60))
    #expect(schedule.due == .milliseconds(10_250))
    #expect(schedule.take(at: .seconds(11)) == .milliseconds(750))
    #expect(schedule.due == .milliseconds(10_500))
    // Without an answer there is no rate.
    var other = LoadSchedule()
    other.begin(1, isFirst: true, at: .zero)
    other.begin(4, isFirst: false, at: .seconds(1))
    #expect(other.atOnce == 4)
  }

  @Test func `a quota is what was left when its call went out, less what went out since`() {
    func quota(_ remaining: Int, _ reset: Duration? = nil) -> RateReport.Quota {
      .init(limit: 100, remaining: remaining, reset: reset)
    }
    var bucket = QuotaBucket(quota(50), sentAt: .zero, now: .seconds(6), later: 20)
    // 50, ten more in six seconds, less 20; two are left alone.
    #expect(bucket.wait(for: 38, at: .seconds(6)) == .zero)
    #expect(bucket.wait(for: 39, at: .seconds(6)) > .zero)
    bucket.follow(quota(10), sentAt: .seconds(8), now: .seconds(8), later: 0)
    #expect(bucket.wait(for: 8, at: .seconds(8)) == .zero)
    // An answer of an earlier call comes late.
    bucket.follow(quota(90), sentAt: .seconds(7), now: .seconds(9), later: 0)
    #expect(bucket.wait(for: 20, at: .seconds(9)) > .zero)
    // Below a tenth, one call follows another as the quota fills.
    bucket.follow(quota(5), sentAt: .seconds(10), now: .seconds(10), later: 0)
    #expect(bucket.wait(for: 1, at: .seconds(10)) == .zero)
    bucket.take(1, at: .seconds(10))
    #expect(bucket.wait(for: 1, at: .seconds(10)) == .milliseconds(600))
    // Half of a day's quota is used, and whole again after half a day.
    var day = QuotaBucket(quota(0, .seconds(86_400)), sentAt: .zero, now: .zero, later: 0)
    #expect(day.wait(for: 1, at: .zero) == .seconds(2_592))
  }

  @Test func `a bucket holds two seconds' worth and fills continuously`() {
    var bucket = TokenBucket(perMinute: 60)
    #expect(bucket.wait(for: 1, at: .zero) == .zero)
    bucket.take(1, at: .zero)
    bucket.take(1, at: .zero)
    #expect(bucket.wait(for: 1, at: .zero) == .seconds(1))
    #expect(bucket.wait(for: 1, at: .milliseconds(600)) == .milliseconds(400))
    #expect(bucket.wait(for: 1, at: .seconds(1)) == .zero)
    // What is more than it holds goes when it is full, and is owed.
    #expect(bucket.wait(for: 10, at: .seconds(60)) == .zero)
    bucket.take(10, at: .seconds(60))
    #expect(bucket.wait(for: 1, at: .seconds(60)) == .seconds(9))
    bucket.correct(by: -8)
    #expect(bucket.wait(for: 1, at: .seconds(60)) == .seconds(1))
  }

  @Test func `in any minute a bucket gives no more than its limit and what it holds`() {
    var bucket = TokenBucket(perMinute: 600)
    var taken: [Duration] = []
    var now = Duration.zero
    while now < .seconds(180) {
      let wait = bucket.wait(for: 1, at: now)
      if wait == .zero {
        bucket.take(1, at: now)
        taken.append(now)
      } else {
        now += wait
      }
    }
    for start in stride(from: 0, to: 120, by: 7) {
      let window = taken.count { $0 >= .seconds(start) && $0 < .seconds(start + 60) }
      #expect(window <= 620)
      #expect(window >= 590)
    }
  }

  @Test func `pauses double up to a bound, and are drawn from all of it`() {
    let retry = ProviderDefinition.Retry(
      maxRetries: 3, base: .milliseconds(500), longest: .seconds(30), hasJitter: true,
      classes: ["timeout"])
    #expect(Backoff.pause(1, retry, random: 1) == .milliseconds(500))
    #expect(Backoff.pause(3, retry, random: 0.5) == .seconds(1))
    #expect(Backoff.pause(90, retry, random: 1) == .seconds(30))
    #expect(Backoff.pause(2, retry, random: 0) == .zero)
    #expect(Backoff.rest(.seconds(7), random: 0) == .seconds(7))
    #expect(Backoff.rest(.seconds(7), random: 1) == .milliseconds(7_700))
    #expect(Backoff.rest(.seconds(600), random: 1) == .seconds(601))
    #expect(retry.repeats(.timeoutIdle))
    #expect(!retry.repeats(.serverError))
    #expect(!retry.repeats(.auth))
  }

  @Test func `a ledger never promises more than its bound`() {
    var ledger = SpendLedger(cap: 100, spent: 10)
    let first = ledger.reserve(60)
    let second = ledger.reserve(31)
    let third = ledger.reserve(30)
    #expect(first && !second && third)
    ledger.settle(60, cost: 5)
    let fourth = ledger.reserve(56)
    let fifth = ledger.reserve(55)
    #expect(!fourth && fifth)
    ledger.settle(55, cost: nil)
    #expect(ledger.spent == 70)
    #expect(ledger.reserved == 30)
    var open = SpendLedger(cap: nil, spent: Int64.max - 1)
    let free = open.reserve(0)
    #expect(free)
  }
}
