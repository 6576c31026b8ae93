import Model
import Providers
import Testing

/// The bodies that protocols send.
@Suite struct RequestTests {
  static let conversation = """
    {"messages":[{"role":"system","content":"Be brief."},
      {"role":"user","content":[{"type":"text","text":"What is this?"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
      {"role":"assistant","content":null,"tool_calls":[
        {"id":"c1","type":"function","function":{"name":"look","arguments":"{\\"at\\":1}"}}]},
      {"role":"tool","tool_call_id":"c1","content":"a cat"}],
     "max_tokens":50,"temperature":0.70,"stop":["END"],
     "tools":[{"type":"function","function":{"name":"look","description":"Looks","parameters":{"type":"object"}}}],
     "tool_choice":{"type":"function","function":{"name":"look"}},"top_k":5}
    """

  private func body(
    _ kind: String, _ request: String = conversation, members: String = "", model: String = "p:m"
  ) async throws -> (url: String, headers: [(name: String, value: String)], body: String) {
    let replay = try Replay(kind, members: members, ReplayUpstream(.json("{}", status: 500)))
    let chat = try ChatRequest(parsing: Array(request.utf8))
    _ = try? await replay.provider.call(replay.set.target(model), chat)
    let sent = try #require(replay.upstream.requests.first)
    return (sent.url, sent.headers, replay.body)
  }

  @Test func `chat completions carry all as it is`() async throws {
    let (url, headers, body) = try await body("openai.chat")
    #expect(url == "https://models.example/v1/chat/completions")
    #expect(
      headers.first { $0.name == "authorization" }?.value == "Bearer sk-live-0123456789abcdef")
    #expect(
      body == """
        {"model":"m","messages":[{"role":"system","content":"Be brief."},\
        {"role":"user","content":[{"type":"text","text":"What is this?"},\
        {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},\
        {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\\"at\\":1}"}}]},\
        {"role":"tool","content":"a cat","tool_call_id":"c1"}],\
        "max_tokens":50,"temperature":0.70,"stop":["END"],\
        "tools":[{"type":"function","function":{"name":"look","description":"Looks","parameters":{"type":"object"}}}],\
        "tool_choice":{"type":"function","function":{"name":"look"}},"top_k":5,\
        "stream":true,"stream_options":{"include_usage":true}}
        """)
  }

  @Test func `responses have items, and parameters of their own names`() async throws {
    let request = Self.conversation.replacing(#""stop":["END"],"#, with: "")
    let (url, _, body) = try await body("openai.responses", request)
    #expect(url == "https://models.example/v1/responses")
    #expect(
      body == """
        {"model":"m","input":[\
        {"type":"message","role":"system","content":[{"type":"input_text","text":"Be brief."}]},\
        {"type":"message","role":"user","content":[{"type":"input_text","text":"What is this?"},\
        {"type":"input_image","image_url":"data:image/png;base64,AAAA"}]},\
        {"type":"function_call","call_id":"c1","name":"look","arguments":"{\\"at\\":1}"},\
        {"type":"function_call_output","call_id":"c1","output":"a cat"}],\
        "max_output_tokens":50,\
        "tools":[{"type":"function","name":"look","description":"Looks","parameters":{"type":"object"}}],\
        "tool_choice":{"type":"function","name":"look"},"temperature":0.70,"top_k":5,"stream":true}
        """)
  }

  @Test func `messages have the system apart and results of tools as the user's`() async throws {
    let (url, headers, body) = try await body("anthropic.messages")
    #expect(url == "https://models.example/v1/v1/messages")
    #expect(headers.first { $0.name == "x-api-key" }?.value == "sk-live-0123456789abcdef")
    #expect(headers.contains { $0.name == "anthropic-version" && $0.value == "2023-06-01" })
    #expect(
      body == """
        {"model":"m","max_tokens":50,"system":[{"type":"text","text":"Be brief."}],"messages":[\
        {"role":"user","content":[{"type":"text","text":"What is this?"},\
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},\
        {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"look","input":{"at":1}}]},\
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"a cat"}]}],\
        "stop_sequences":["END"],\
        "tools":[{"name":"look","description":"Looks","input_schema":{"type":"object"}}],\
        "tool_choice":{"type":"tool","name":"look"},"temperature":0.70,"top_k":5,"stream":true}
        """)
  }

  @Test func `generated content is asked for with parts, and results of tools go by name`()
    async throws
  {
    let (url, headers, body) = try await body("google.generate", model: "p:gemini 2/x")
    #expect(url == "https://models.example/v1/gemini%202/x:streamGenerateContent?alt=sse")
    #expect(headers.first { $0.name == "x-goog-api-key" }?.value == "sk-live-0123456789abcdef")
    #expect(
      body == """
        {"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[\
        {"role":"user","parts":[{"text":"What is this?"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},\
        {"role":"model","parts":[{"functionCall":{"name":"look","args":{"at":1}}}]},\
        {"role":"user","parts":[{"functionResponse":{"name":"look","response":{"result":"a cat"}}}]}],\
        "generationConfig":{"maxOutputTokens":50,"temperature":0.70,"stopSequences":["END"]},\
        "tools":[{"functionDeclarations":[{"name":"look","description":"Looks","parameters":{"type":"object"}}]}],\
        "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["look"]}},"top_k":5}
        """)
  }

  @Test func `embeddings and images are of the last text of a user`() async throws {
    let request = #"{"messages":[{"role":"user","content":"a cat"}],"size":"64x64"}"#
    let embedding = try await body("openai.embeddings", request)
    #expect(embedding.url == "https://models.example/v1/embeddings")
    #expect(embedding.body == #"{"model":"m","input":"a cat","size":"64x64"}"#)
    let image = try await body("openai.images", request)
    #expect(image.url == "https://models.example/v1/images/generations")
    #expect(image.body == #"{"model":"m","prompt":"a cat","size":"64x64"}"#)
  }

  @Test func `a call's parameters go before the target's, and those before the provider's`()
    async throws
  {
    let (_, _, body) = try await body(
      "openai.chat", #"{"messages":[{"role":"user","content":"x"}],"seed":3}"#,
      members: #","defaults":{"max_tokens":9,"seed":1},"capabilities":{"stream":false}"#)
    #expect(
      body == #"{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":9,"seed":3}"#)
  }

  @Test(arguments: [
    ("openai.chat", #""n":2"#), ("openai.responses", #""seed":1"#),
    ("anthropic.messages", #""seed":1,"max_tokens":9"#),
    ("anthropic.messages", #""temperature":1"#),
    ("anthropic.messages", #""max_tokens":9,"response_format":{"type":"json_object"}"#),
    ("google.generate", #""logprobs":true"#),
    ("anthropic.messages", #""max_tokens":9,"tool_choice":"perhaps""#),
  ])
  func `a parameter without a place in the protocol is refused before the call`(
    kind: String, members: String
  ) async throws {
    let replay = try Replay(kind, ReplayUpstream(.json("{}")))
    let text = #"{"messages":[{"role":"user","content":"x"}],\#(members)}"#
    let error = try await replay.failure(ChatRequest(parsing: Array(text.utf8)))
    #expect(error?.kind == .unsupported)
    #expect(error?.message.contains("nothing was sent") == true)
    #expect(replay.upstream.requests.isEmpty)
  }

  @Test(arguments: [
    #"{"messages":[]}"#, #"{"messages":[{"role":"robot","content":"x"}]}"#, "[]", "{",
    #"{"messages":[{"role":"user","content":[{"type":"audio"}]}]}"#,
    #"{"messages":[{"role":"user","content":3}]}"#,
    #"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:text/plain,x"}}]}]}"#,
  ])
  func `a request that is none is refused`(text: String) {
    #expect(throws: ProviderError.self) { try ChatRequest(parsing: Array(text.utf8)) }
  }

  @Test(arguments: ["anthropic.messages", "google.generate"])
  func `a system message in the middle is refused where it would change its place`(kind: String)
    async throws
  {
    let replay = try Replay(kind, ReplayUpstream(.json("{}")))
    let text = """
      {"max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"system","content":"y"}]}
      """
    let error = try await replay.failure(ChatRequest(parsing: Array(text.utf8)))
    #expect(error?.kind == .unsupported)
  }
}
