import Providers
import Testing

/// Quotas that answers report in their header fields.
@Suite struct RateReportTests {
  private static let chat =
    #"{"choices":[{"index":0,"message":{"content":"yes"},"finish_reason":"stop"}]}"#

  private func recording(
    _ headers: [(name: String, value: String)], status: Int = 200
  ) -> ReplayUpstream {
    var recording = ReplayUpstream.Recording.json(Self.chat, status: status)
    recording.headers += headers
    return ReplayUpstream(recording)
  }

  private static let openai = [
    (name: "x-ratelimit-limit-requests", value: "500"),
    (name: "x-ratelimit-remaining-requests", value: "499"),
    (name: "x-ratelimit-reset-requests", value: "6m0s"),
    (name: "x-ratelimit-limit-tokens", value: "30000"),
    (name: "x-ratelimit-remaining-tokens", value: "29000"),
    (name: "x-ratelimit-reset-tokens", value: "20ms"),
  ]

  private static let anthropic = [
    (name: "date", value: "Sun, 06 Nov 1994 08:49:37 GMT"),
    (name: "anthropic-ratelimit-requests-limit", value: "50"),
    (name: "anthropic-ratelimit-requests-remaining", value: "49"),
    (name: "anthropic-ratelimit-requests-reset", value: "1994-11-06T08:49:39Z"),
    (name: "anthropic-ratelimit-input-tokens-limit", value: "1000"),
    (name: "anthropic-ratelimit-input-tokens-remaining", value: "0"),
  ]

  @Test func `answers and failures have the quotas of the fields that their protocol has`()
    async throws
  {
    let report = RateReport(
      requests: .init(limit: 500, remaining: 499, reset: .seconds(360)),
      tokens: .init(limit: 30_000, remaining: 29_000, reset: .milliseconds(20)))
    let answer = try await Replay("openai.chat", recording(Self.openai)).call()
    #expect(answer.rates == report)
    let failure = try await Replay("openai.chat", recording(Self.openai, status: 429)).failure()
    #expect(failure?.rates == report)
    let other = try await Replay(
      "openai.chat", members: #","rate_headers":"none""#, recording(Self.openai)
    ).call()
    #expect(other.rates == nil)
    #expect(try await Replay("openai.chat", recording([])).call().rates == nil)
    let later = try await Replay(
      "openai.chat", members: #","rate_headers":"anthropic""#, recording(Self.anthropic)
    ).call()
    #expect(
      later.rates
        == RateReport(
          requests: .init(limit: 50, remaining: 49, reset: .seconds(2)),
          tokens: .init(limit: 1_000, remaining: 0, reset: nil)))
  }

  @Test(arguments: ["6 m", "m", "1x", "", "-1s", "nan", "1e400s"])
  func `a field that is no duration says nothing of the reset`(text: String) async throws {
    let fields = Self.openai.map { field in
      (name: field.name, value: field.name.contains("reset") ? text : field.value)
    }
    let answer = try await Replay("openai.chat", recording(fields)).call()
    #expect(answer.rates?.requests == .init(limit: 500, remaining: 499, reset: nil))
  }
}
