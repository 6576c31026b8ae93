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
