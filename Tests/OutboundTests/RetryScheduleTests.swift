import Outbound
import Testing

/// When a request is sent again, and after which pause.
@Suite struct RetryScheduleTests {
  private func schedule(isRepeatable: Bool = true, seed: UInt64 = 1) -> RetrySchedule {
    RetrySchedule(RetryPolicy(), isRepeatable: isRepeatable, seed: seed)
  }

  private static let passing: [RetryOutcome] = [
    .failed(.unreachable), .failed(.interrupted), .answered(status: 429, retryAfter: nil),
    .answered(status: 502, retryAfter: nil), .answered(status: 503, retryAfter: nil),
    .answered(status: 504, retryAfter: nil),
  ]

  @Test(arguments: passing)
  func `what passes is tried five times, each pause about twice the one before`(
    outcome: RetryOutcome
  ) throws {
    var schedule = schedule()
    var full = Duration.milliseconds(200)
    for _ in 0..<4 {
      let next = schedule.pause(after: outcome)
      let pause = try #require(next)
      #expect(pause >= full / 2 && pause < full)
      full *= 2
    }
    let last = schedule.pause(after: outcome)
    #expect(last == nil)
  }

  @Test(arguments: passing)
  func `what must not happen twice is tried once`(outcome: RetryOutcome) {
    var schedule = schedule(isRepeatable: false)
    let last = schedule.pause(after: outcome)
    #expect(last == nil)
  }

  @Test(arguments: [200, 301, 400, 401, 403, 404, 409, 412, 413, 422, 500, 501, 507])
  func `an answer that would be the same again is not asked for again`(status: Int) {
    var schedule = schedule()
    let pause = schedule.pause(after: .answered(status: status, retryAfter: .seconds(1)))
    #expect(pause == nil)
  }

  @Test(arguments: [
    TransferFailure.Cause.untrusted, TransferFailure.Cause.malformed, TransferFailure.Cause.local,
  ])
  func `a failure that would be the same again is not tried again`(cause: TransferFailure.Cause) {
    var schedule = schedule()
    let pause = schedule.pause(after: .failed(cause))
    #expect(pause == nil)
  }

  @Test func `a server's wish is followed within limits`() {
    var schedule = schedule()
    let wished = schedule.pause(after: .answered(status: 503, retryAfter: .seconds(7)))
    #expect(wished == .seconds(7))
    let short = schedule.pause(after: .answered(status: 429, retryAfter: .zero))
    #expect(short ?? .zero >= .milliseconds(200))
    let long = schedule.pause(after: .answered(status: 503, retryAfter: .seconds(61)))
    #expect(long == nil)
  }

  @Test func `pauses end growing, and progress begins anew`() throws {
    var policy = RetryPolicy()
    policy.attempts = 100
    var schedule = RetrySchedule(policy, isRepeatable: true, seed: 3)
    var longest = Duration.zero
    for _ in 0..<60 {
      let next = schedule.pause(after: .failed(.interrupted))
      longest = max(longest, try #require(next))
    }
    #expect(longest > .seconds(5) && longest <= policy.longestPause)
    let anew = schedule.pause(after: .failed(.interrupted), hasProgressed: true)
    #expect(try #require(anew) < .milliseconds(200))
  }

  @Test func `pauses follow from the seed`() {
    var first = schedule(seed: 5)
    var second = schedule(seed: 5)
    var third = schedule(seed: 6)
    let pauses = (0..<4).map { _ in first.pause(after: .failed(.unreachable)) }
    #expect(pauses == (0..<4).map { _ in second.pause(after: .failed(.unreachable)) })
    #expect(pauses != (0..<4).map { _ in third.pause(after: .failed(.unreachable)) })
  }
}
