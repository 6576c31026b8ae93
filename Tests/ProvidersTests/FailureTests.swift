import Model
import Providers
import Testing

/// The classes of failures, and what is in their messages.
@Suite struct FailureTests {
  @Test(arguments: [
    (401, #"{"error":{"message":"bad key","code":"invalid_api_key"}}"#, ProviderError.Kind.auth),
    (403, "{}", .auth), (402, "{}", .quotaExhausted),
    (
      400,
      #"{"error":{"message":"API key not valid","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
      .auth
    ),
    (
      404, #"{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}"#,
      .modelNotFound
    ),
    (
      404, #"{"type":"error","error":{"type":"not_found_error","message":"model: x"}}"#,
      .modelNotFound
    ),
    (404, #"{"detail":"Not Found"}"#, .invalidRequest), (404, "<html>404</html>", .invalidRequest),
    (
      400,
      #"{"error":{"message":"This model's maximum context length is 8192 tokens","code":"context_length_exceeded"}}"#,
      .contextLengthExceeded
    ),
    (
      400,
      #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8"}}"#,
      .contextLengthExceeded
    ),
    (400, #"{"error":{"code":"content_filter","message":"no"}}"#, .contentFiltered),
    (400, #"{"error":{"message":"bad"}}"#, .invalidRequest), (422, "{}", .invalidRequest),
    (
      413, #"{"type":"error","error":{"type":"request_too_large","message":"big"}}"#,
      .invalidRequest
    ),
    (
      429,
      #"{"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"no money"}}"#,
      .quotaExhausted
    ),
    (429, #"{"error":{"message":"slow down"}}"#, .rateLimited), (529, "{}", .overloaded),
    (503, "busy", .overloaded), (500, "", .serverError), (502, "<html>", .serverError),
    (301, "", .invalidRequest),
    (200, #"{"error":{"message":"upstream overloaded","code":"overloaded"}}"#, .overloaded),
    (200, #"{"error":{"message":"boom"}}"#, .streamError), (200, "<html>hi</html>", .malformed),
    (200, #"{"choices":[]}"#, .malformed),
    (200, #"{"choices":[{"message":{"content":"a"},"finish_reason":null}]}"#, .truncated),
  ])
  func `a status and a body make a class`(
    status: Int, body: String, kind: ProviderError.Kind
  ) async throws {
    let replay = try Replay("openai.chat", ReplayUpstream(.json(body, status: status)))
    let error = try await replay.failure()
    #expect(error?.kind == kind, "\(error as Any)")
    #expect(replay.upstream.requests.count == 1)
  }

  @Test(arguments: [
    #"{"error":{"type":"server_error","message":"boom"}}"#,
    #"{"type":"error","error":{"type":"overloaded_error","message":"boom"}}"#,
    #"{"error":{"code":500,"message":"boom","status":"INTERNAL"}}"#,
  ])
  func `an error within a stream ends it, whatever follows`(event: String) async throws {
    let text = """
      data: {"choices":[{"delta":{"content":"a"}}]}

      data: \(event)

      data: {"choices":[{"delta":{},"finish_reason":"stop"}]}

      data: [DONE]


      """
    let error = try await Replay("openai.chat", ReplayUpstream(.stream(text))).failure()
    #expect(error?.kind == .serverError || error?.kind == .overloaded)
    #expect(error?.message.contains("boom") == true)
  }

  @Test func `a piece that is not JSON is an error`() async throws {
    let text =
      "data: {\"choices\":[{\"delta\":\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    let error = try await Replay("openai.chat", ReplayUpstream(.stream(text))).failure()
    #expect(error?.kind == .malformed)
  }

  @Test(
    arguments: [
      ([("retry-after", "7")], 7.0), ([("retry-after", "0.5")], 0.5),
      ([("retry-after", "9"), ("retry-after-ms", "1500")], 1.5),
      (
        [
          ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
          ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"),
        ],
        30.0
      ),
      ([("retry-after", "999999999")], 86_400.0), ([("retry-after", "soon")], nil), ([], nil),
    ] as [([(String, String)], Double?)])
  func `the time to wait is read as the provider states it`(
    headers: [(String, String)], seconds: Double?
  ) async throws {
    var recording = ReplayUpstream.Recording.json("{}", status: 429)
    recording.headers += headers.map { (name: $0.0, value: $0.1) } + [("x-request-id", "req-1")]
    let error = try await Replay("openai.chat", ReplayUpstream(recording)).failure()
    #expect(error?.retryAfter == seconds.map { .seconds($0) })
    #expect(error?.requestID == "req-1")
  }

  @Test func `Google's details have the time to wait`() async throws {
    let body = """
      [{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"q","details":[{"retryDelay":"13s"}]}}]
      """
    let error = try await Replay(
      "google.generate", ReplayUpstream(.json(body, status: 429))
    ).failure()
    #expect(error?.kind == .rateLimited)
    #expect(error?.retryAfter == .seconds(13))
  }

  @Test(arguments: [
    (UpstreamError.unreachable("refused"), ProviderError.Kind.connect),
    (.connectTimeout, .timeoutConnect), (.noFreeConnection, .timeoutConnect),
    (.insecure("x"), .tls), (.privateAddress("10.0.0.1"), .egress), (.broken("x"), .truncated),
    (.cancelled, .cancelled),
  ])
  func `a connection's failure has a class`(
    failure: UpstreamError, kind: ProviderError.Kind
  ) async throws {
    let replay = try Replay("openai.chat", ReplayUpstream(.json("{}"), failure: failure))
    #expect(try await replay.failure()?.kind == kind)
  }

  @Test(arguments: [
    ("ttft_ms", ProviderError.Kind.timeoutFirstByte, ": ka\n\n"),
    ("idle_ms", .timeoutIdle, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"),
    ("total_ms", .timeoutTotal, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"),
  ])
  func `a silent provider ends by the deadline of the phase`(
    member: String, kind: ProviderError.Kind, text: String
  ) async throws {
    let replay = try Replay(
      "openai.chat", timeouts: [member: 20],
      ReplayUpstream(.stream(text, ending: .silence)))
    #expect(try await replay.failure()?.kind == kind)
  }

  @Test(arguments: [
    (
      "openai.chat",
      #"{"choices":[{"message":{"role":"assistant","content":null},"finish_reason":"stop"}]}"#
    ),
    (
      "openai.chat",
      #"{"choices":[{"message":{"content":null,"reasoning":"hm"},"finish_reason":"stop"}]}"#
    ),
    ("openai.chat", #"{"choices":[{"message":{"tool_calls":[]},"finish_reason":"tool_calls"}]}"#),
  ])
  func `an answer in which the model says nothing is no success`(
    protocol: String, answer: String
  ) async throws {
    let failure = try await Replay(`protocol`, ReplayUpstream(.json(answer))).failure()
    #expect(failure?.kind == .malformed && "\(failure.map { "\($0)" } ?? "")".contains("is empty"))
  }

  @Test(arguments: [
    #"{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}"#,
    #"{"choices":[{"message":{"content":null,"refusal":"no"},"finish_reason":"stop"}]}"#,
    #"{"choices":[{"message":{"content":null},"finish_reason":"length"}]}"#,
    #"""
    {"choices":[{"message":{"content":null,"tool_calls":[{"id":"1","type":"function",\#
    "function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}
    """#,
  ])
  func `an empty text, a refusal, a call and a cut answer are answers`(answer: String) async throws
  {
    #expect(try await Replay("openai.chat", ReplayUpstream(.json(answer))).failure() == nil)
  }

  @Test func `a call without its key is not sent`() async throws {
    let replay = try Replay("openai.chat", ReplayUpstream(.json("{}")))
    let provider = Provider(
      try #require(replay.set.provider("p")), secrets: SecretSource { _ in nil },
      upstream: replay.upstream)
    await #expect(throws: ProviderError.self) {
      try await provider.call(replay.set.target("p:m"), ChatRequest(prompt: "x"))
    }
    #expect(replay.upstream.requests.isEmpty)
  }

  @Test func `all classes have advice, and know whether another attempt may help`() {
    for kind in ProviderError.Kind.allCases { #expect(!kind.advice.isEmpty) }
    #expect(
      ProviderError.Kind.allCases.filter(\.isRetryable) == [
        .connect, .timeoutConnect, .timeoutFirstByte, .timeoutIdle, .timeoutTotal, .rateLimited,
        .overloaded, .serverError, .malformed, .truncated,
      ])
  }
}

/// A provider that echoes the key that it was sent.
@Suite struct SecretTests {
  private static let key = "sk-live/0123+456789abcdef"
  private static let answers: [ReplayUpstream.Recording] = {
    let base64 = ["", "B", "Be", "Bearer "].map { Self.base64($0 + key + "x") }
    let echo = ([key, key.replacing("/", with: "\\/")] + base64).joined(separator: " and ")
    let text = #"{"error":{"message":"\#(echo)","code":"\#(key)"}}"#
    let chunks = key.map {
      #"data: {"model":"\#(key)","choices":[{"delta":{"content":"\#($0)","reasoning_content":"\#(echo)","tool_calls":[{"index":0,"id":"\#(key)","function":{"name":"\#(key)","arguments":"\#($0)"}}]}}]}"#
    }
    let stream =
      chunks.joined(separator: "\n\n")
      + "\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"\(key)\"}],\"usage\":{\"\(key)\":\"\(echo)\"},\"system_fingerprint\":\"\(key)\"}\n\n"
    var answers = [
      ReplayUpstream.Recording.json(text, status: 401), .json(text), .json(echo, status: 500),
      .stream(stream), .stream("data: " + text + "\n\n"), .stream("data: \(echo)\n\n"),
    ]
    for index in answers.indices { answers[index].headers.append(("x-request-id", key)) }
    return answers
  }()

  private static func base64(_ text: String) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = text.utf8.flatMap { byte in (0..<8).map { byte >> UInt8(7 - $0) & 1 } }
    return String(
      stride(from: 0, to: bits.count - bits.count % 6, by: 6).map { start in
        digits[bits[start..<start + 6].reduce(0) { $0 << 1 | Int($1) }]
      })
  }

  @Test(arguments: answers.indices)
  func `no echo of a key leaves the module, as it is or in Base64`(index: Int) async throws {
    let replay = try Replay("openai.chat", key: Self.key, ReplayUpstream(Self.answers[index]))
    var out = ""
    do {
      dump(try await replay.call(), to: &out)
    } catch {
      dump(error, to: &out)
    }
    #expect(out.contains("[secret:TEST_KEY]"))
    #expect(!out.contains(Self.key))
    #expect(!out.contains("0123+456789"))
    for prefix in ["", "B", "Be"] {
      // The digits in the middle of the key's Base64, at each of the three places it may begin.
      let middle = Self.base64(prefix + Self.key).dropFirst(8).prefix(16)
      #expect(!out.contains(middle), "\(prefix)")
    }
  }

  @Test func `a placeholder of a few letters is no secret`() async throws {
    let text = #"{"choices":[{"message":{"content":"next"},"finish_reason":"stop"}]}"#
    let answer = try await Replay("openai.chat", key: "x", ReplayUpstream(.json(text))).call()
    #expect(answer.text == "next")
  }
}

/// Addresses that calls may not go to.
@Suite struct EgressTests {
  @Test(
    arguments: [
      [127, 0, 0, 1], [10, 1, 2, 3], [172, 16, 0, 1], [172, 31, 255, 255], [192, 168, 1, 1],
      [169, 254, 169, 254], [0, 0, 0, 0], [100, 64, 0, 1], [224, 0, 0, 1], [255, 255, 255, 255],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      [0xFE, 0x80] + Array(repeating: 0, count: 14),
      [0xFC, 0x00] + Array(repeating: 1, count: 14), [0xFD, 0x12] + Array(repeating: 1, count: 14),
      Array(repeating: 0, count: 10) + [0xFF, 0xFF, 169, 254, 169, 254],
      [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1],
      [0x20, 0x02, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [],
    ] as [[UInt8]])
  func `an address of this machine or a private network is one`(address: [UInt8]) {
    #expect(EgressRule.isPrivate(address))
  }

  @Test(
    arguments: [
      [8, 8, 8, 8], [172, 15, 0, 1], [172, 32, 0, 1], [100, 63, 0, 1], [192, 167, 0, 1],
      [0x26, 0x06, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      Array(repeating: 0, count: 10) + [0xFF, 0xFF, 8, 8, 8, 8],
    ] as [[UInt8]])
  func `an address of the internet is none`(address: [UInt8]) {
    #expect(!EgressRule.isPrivate(address))
  }
}
