import Model
import Providers
import Testing

/// Counts that providers report, also such as no call has.
@Suite struct UsageTests {
  private static let limit = #","defaults":{"max_tokens":9}"#

  /// An answer of each protocol with two counts.
  private static func body(_ kind: String, _ input: String, _ output: String) -> String {
    switch kind {
    case "openai.chat":
      #"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":\#(input),"completion_tokens":\#(output)}}"#
    case "openai.responses":
      #"{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":\#(input),"output_tokens":\#(output)}}"#
    case "anthropic.messages":
      #"{"content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":\#(input),"output_tokens":\#(output),"cache_read_input_tokens":\#(input)}}"#
    default:
      #"{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":\#(input),"candidatesTokenCount":\#(output),"thoughtsTokenCount":\#(output),"toolUsePromptTokenCount":\#(input)}}"#
    }
  }

  private static let kinds = [
    "openai.chat", "openai.responses", "anthropic.messages", "google.generate",
  ]

  @Test(arguments: kinds)
  func `a count that no call has makes the usage unknown, and ends nothing`(kind: String)
    async throws
  {
    for count in [
      "4611686018427387904", "9223372036854775807", "-1", #""7""#, "1e300", "2.5", "[1]", "true",
      "1000000000001",
    ] {
      for (input, output) in [(count, "1"), ("1", count), (count, count)] {
        let replay = try Replay(
          kind, members: Self.limit, ReplayUpstream(.json(Self.body(kind, input, output))))
        let usage = try await replay.call().usage
        #expect(usage.input == nil && usage.output == nil && usage.allInput == nil)
        #expect(usage.raw != nil)
      }
    }
  }

  @Test(arguments: kinds)
  func `a whole number is a count, however it is written`(kind: String) async throws {
    let replay = try Replay(
      kind, members: Self.limit, ReplayUpstream(.json(Self.body(kind, "3.0", "7"))))
    let usage = try await replay.call().usage
    #expect(usage.input == (kind.hasPrefix("google") ? 6 : 3))
    #expect(usage.output == (kind.hasPrefix("google") ? 14 : 7))
  }

  @Test func `a cost of which a part was not reported is not known`() {
    let table = PriceTable(
      [Price.Unit.input, .output].map {
        Price(
          provider: "p", model: "m", unit: $0, picodollars: 1_000,
          from: Timestamp(microseconds: 0), until: nil, tier: "", source: "test")
      })
    func cost(_ input: Int?, _ output: Int?) -> Int64? {
      var usage = Usage()
      (usage.input, usage.output) = (input, output)
      return table.cost(
        of: usage, provider: "p", model: "m", at: Timestamp(microseconds: 1)
      ).nanodollars
    }
    #expect(cost(3, 4) == 7 && cost(0, 4) == 4)
    #expect(cost(nil, 4) == nil && cost(3, nil) == nil && cost(nil, nil) == nil)
  }

  @Test func `sums of counts and costs that do not fit stay at the largest`() {
    var usage = Usage()
    usage.input = .max
    usage.cacheRead = 1
    #expect(usage.allInput == .max)
    #expect(Int64.max.adding(1) == .max && Int64.min.adding(-1) == .min && 2.adding(3) == 5)
    #expect(Int.max.multiplied(by: 2) == .max && 2.multiplied(by: 3) == 6)
  }

  @Test func `a wait that no clock can have is the longest one`() async throws {
    for text in ["1e300", "inf", "9e18"] {
      let replay = try Replay(
        "openai.chat",
        ReplayUpstream(
          ReplayUpstream.Recording(
            status: 429, headers: [("retry-after-ms", text)], pieces: [Array("{}".utf8)])))
      #expect(try await replay.failure()?.retryAfter == .seconds(86_400))
    }
  }

  @Test func `a content in parts is one text, and a part that is not understood is no success`()
    async throws
  {
    func replay(_ content: String) throws -> Replay {
      try Replay(
        "openai.chat",
        ReplayUpstream(
          .json(
            #"{"choices":[{"message":{"content":\#(content)},"finish_reason":"stop"}]}"#)))
    }
    let parts = try await replay(
      #"[{"type":"text","text":"Grü"},{"type":"text","text":"ße"}]"#
    ).call()
    #expect(parts.text == "Grüße")
    let image = try await replay(
      #"[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]"#
    ).call()
    #expect(image.media.map(\.mediaType) == ["image/png"] && image.text == nil)
    for content in [
      #"[{"type":"audio"}]"#, "7", #"{"text":"x"}"#, #"[{"type":"text"}]"#, #"["x"]"#,
    ] {
      #expect(try await replay(content).failure()?.kind == .malformed, "\(content)")
    }
  }
}
