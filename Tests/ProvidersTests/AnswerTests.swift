import Model
import Providers
import Testing

/// Answers of all protocols, whole and in pieces.
@Suite struct AnswerTests {
  private static func sse(_ events: [String], named: Bool = false) -> String {
    events.map { event in
      let name = named ? "event: x\n" : ""
      return name + "data: \(event)\n\n"
    }.joined()
  }

  static let chat = sse([
    #"{"model":"m-1","system_fingerprint":"fp","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
    #"{"choices":[{"index":0,"delta":{"content":"Grü"}}]}"#,
    #"{"choices":[{"index":0,"delta":{"content":"ße"}}]}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    #"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":5}}}"#,
    "[DONE]",
  ])

  static let responses = sse(
    [
      #"{"type":"response.created","response":{"status":"in_progress"}}"#,
      #"{"type":"response.output_text.delta","delta":"Grü"}"#,
      #"{"type":"response.completed","response":{"model":"m-1","status":"completed","output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"Grüße"}]}],"usage":{"input_tokens":10,"output_tokens":7,"input_tokens_details":{"cached_tokens":4},"output_tokens_details":{"reasoning_tokens":5}}}}"#,
    ], named: true)

  static let messages = sse(
    [
      #"{"type":"message_start","message":{"model":"m-1","usage":{"input_tokens":6,"cache_read_input_tokens":4,"output_tokens":1}}}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
      #"{"type":"ping"}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grüße"}}"#,
      #"{"type":"content_block_stop","index":0}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}"#,
      #"{"type":"message_stop"}"#,
    ], named: true)

  static let gemini = sse([
    #"{"candidates":[{"content":{"parts":[{"text":"Grü"}]}}],"modelVersion":"m-1"}"#,
    #"{"candidates":[{"content":{"parts":[{"text":"ße"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"cachedContentTokenCount":4,"candidatesTokenCount":2,"thoughtsTokenCount":5}}"#,
  ])

  static let streams = [
    ("openai.chat", chat), ("openai.responses", responses), ("anthropic.messages", messages),
    ("google.generate", gemini),
  ]

  /// Anthropic wants a limit of tokens.
  private static let limit = #","defaults":{"max_tokens":9}"#

  @Test(arguments: streams)
  func `a stream is one answer with disjoint counts, however it is cut`(
    kind: String, text: String
  ) async throws {
    for size in [1, 2, 3, 64, 4_096] {
      let replay = try Replay(kind, members: Self.limit, ReplayUpstream(.stream(text, by: size)))
      let answer = try await replay.call()
      #expect(answer.text == "Grüße")
      #expect(answer.finishReason == .stop)
      #expect(answer.modelReported == "m-1")
      #expect(answer.usage.input == 6)
      #expect(answer.usage.cacheRead == 4)
      #expect(answer.usage.output == 7)
      #expect(answer.timing.firstContent != nil)
    }
  }

  @Test(arguments: streams)
  func `a stream that ends early is no answer, wherever it ends`(
    kind: String, text: String
  ) async throws {
    let end = try #require(
      text.firstRange(of: #""finish_reason":"stop""#) ?? text.firstRange(
        of: #""response.completed""#)
        ?? text.firstRange(of: #""stop_reason""#) ?? text.firstRange(of: #""STOP""#))
    let bytes = Array(text[..<end.lowerBound].utf8)
    for count in stride(from: 0, through: bytes.count, by: 3) {
      let cut = String(decoding: bytes[..<count], as: UTF8.self)
      for ending in [ReplayUpstream.Ending.clean, .broken] {
        let replay = try Replay(
          kind, members: Self.limit, ReplayUpstream(.stream(cut, ending: ending, by: 50)))
        let error = try await replay.failure()
        #expect(error?.kind == .truncated, "\(kind) after \(count) bytes: \(error as Any)")
      }
    }
  }

  @Test func `the word DONE alone ends nothing`() async throws {
    let replay = try Replay(
      "openai.chat",
      ReplayUpstream(.stream(Self.sse([#"{"choices":[{"delta":{"content":"a"}}]}"#, "[DONE]"]))))
    #expect(try await replay.failure()?.kind == .truncated)
  }

  @Test(arguments: streams)
  func `an answer that is whole is kept when the connection breaks behind it`(
    kind: String, text: String
  ) async throws {
    let replay = try Replay(
      kind, members: Self.limit, ReplayUpstream(.stream(text, ending: .broken)))
    #expect(try await replay.call().text == "Grüße")
  }

  @Test func `a server that keeps the connection open behind the last event is not waited for`()
    async throws
  {
    let replay = try Replay("openai.chat", ReplayUpstream(.stream(Self.chat, ending: .silence)))
    #expect(try await replay.call().text == "Grüße")
  }

  @Test(arguments: [
    (
      "openai.chat",
      #"{"model":"m-1","choices":[{"message":{"content":"Hi","refusal":null,"tool_calls":null},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
    ),
    (
      "openai.responses",
      #"{"model":"m-1","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":3,"output_tokens":1}}"#
    ),
    (
      "anthropic.messages",
      #"{"model":"m-1","content":[{"type":"text","text":"Hi"}],"stop_reason":"max_tokens","usage":{"input_tokens":3,"output_tokens":1}}"#
    ),
    (
      "google.generate",
      #"{"modelVersion":"m-1","candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1}}"#
    ),
  ])
  func `a whole answer is the same as one in pieces`(kind: String, text: String) async throws {
    let replay = try Replay(kind, members: Self.limit, ReplayUpstream(.json(text)))
    let answer = try await replay.call()
    #expect(answer.text == "Hi")
    #expect(answer.finishReason == .length)
    #expect(answer.usage.input == 3)
    #expect(answer.usage.output == 1)
    #expect(answer.timing.firstContent == nil)
    let cut = try Replay(
      kind, members: Self.limit, ReplayUpstream(.json(String(text.dropLast(4)))))
    #expect(try await cut.failure()?.kind == .malformed)
  }

  @Test func `calls of tools come in pieces, also with an index that is used again`() async throws {
    let text = Self.sse([
      #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}]}"#,
      #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}}]}"#,
      #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}"#,
      #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}]}}]}"#,
      #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
    ])
    let answer = try await Replay("openai.chat", ReplayUpstream(.stream(text))).call()
    #expect(answer.toolCalls.map(\.id) == ["a", "b"])
    #expect(answer.toolCalls.map(\.arguments) == [#"{"x":1}"#, "{}"])
    #expect(answer.text == nil)
    #expect(answer.finishReason == .toolCalls)
  }

  @Test func `Anthropic's blocks are tools and thinking`() async throws {
    let text = Self.sse([
      #"{"type":"message_start","message":{"model":"m","usage":{"input_tokens":1,"cache_creation":{"ephemeral_1h_input_tokens":9,"ephemeral_5m_input_tokens":0}}}}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"2}"}}"#,
      #"{"type":"something_new","x":1}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}"#,
      #"{"type":"message_stop"}"#,
    ])
    let answer = try await Replay(
      "anthropic.messages", members: Self.limit, ReplayUpstream(.stream(text))
    ).call()
    #expect(answer.reasoning == "Hm")
    #expect(answer.toolCalls.map(\.arguments) == [#"{"a":2}"#])
    #expect(answer.usage.cacheWrite1h == 9)
    #expect(answer.usage.allInput == 10)
  }

  @Test(arguments: [
    ("SAFETY", Answer.FinishReason.contentFilter), ("RECITATION", .recitation),
    ("MISSING_THOUGHT_SIGNATURE", .other), ("MAX_TOKENS", .length),
  ])
  func `Google's reasons to stop are kept raw beside the common one`(
    raw: String, reason: Answer.FinishReason
  ) async throws {
    let text = #"{"candidates":[{"content":{"parts":[]},"finishReason":"\#(raw)"}]}"#
    let answer = try await Replay("google.generate", ReplayUpstream(.json(text))).call()
    #expect(answer.finishReason == reason)
    #expect(answer.finishRaw == raw)
    #expect(answer.text == nil)
    #expect(answer.usage.input == nil)
  }

  @Test func `embeddings are numbers, and images bytes`() async throws {
    let embeddings = try await Replay(
      "openai.embeddings",
      ReplayUpstream(
        .json(#"{"model":"e","data":[{"embedding":[1,-0.5,2e-1]}],"usage":{"prompt_tokens":2}}"#))
    ).call()
    #expect(embeddings.embeddings == [[1, -0.5, 0.2]])
    #expect(embeddings.usage.input == 2)
    let images = try await Replay(
      "openai.images", ReplayUpstream(.json(#"{"data":[{"b64_json":"iVBORw0KGgo="}]}"#))
    ).call()
    #expect(images.media.map(\.mediaType) == ["image/png"])
    #expect(images.media.first?.bytes.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
    #expect(images.usage.images == 1)
  }

  @Test func `media are fetched from the hosts that the document lists, without the key`()
    async throws
  {
    let answer = ReplayUpstream.Recording.json(
      #"{"data":[{"url":"https://cdn.example/a.png?sig=1"}]}"#)
    let picture = ReplayUpstream.Recording(
      headers: [("content-type", "image/png")], pieces: [[1, 2], [3]])
    let refused = try Replay("openai.images", ReplayUpstream(answer, picture))
    let error = try await refused.failure()
    #expect(error?.kind == .egress)
    #expect(error?.message.contains("cdn.example") == true)
    #expect(error?.message.contains("sig=") == false)
    let allowed = try Replay(
      "openai.images", members: #","egress":{"fetch_hosts":["cdn.example"]}"#,
      ReplayUpstream(answer, picture))
    #expect(try await allowed.call().media.first?.bytes == [1, 2, 3])
    #expect(allowed.upstream.requests.last?.headers.isEmpty == true)
    #expect(allowed.upstream.requests.last?.method == .get)
  }
}
