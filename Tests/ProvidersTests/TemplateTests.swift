import Model
import Providers
import Testing

/// Providers of jobs, described by a template.
@Suite struct TemplateTests {
  private static let template = #"""
    ,"egress":{"fetch_hosts":["cdn.example"]},"template":{
      "submit":{"path":"/jobs/{{model}}","body":{"prompt":"{{input}}","steps":"{{params.steps}}",
        "options":["{{params.size?}}",1],"seed":"{{params.seed?}}"}},
      "request_id":"/id",
      "poll":{"path":"/jobs/{{request_id}}","interval_ms":1,"max_interval_ms":2,"state":"/status",
        "done":["COMPLETED"],"failed":["FAILED"]},
      "result":{"path":"/jobs/{{request_id}}/result","output":"/images/0/url","media":"url","error":"/detail"}}
    """#

  private func request(_ members: String = #","steps":4"#) throws -> ChatRequest {
    try ChatRequest(
      parsing: Array(#"{"messages":[{"role":"user","content":"a \"cat\""}]\#(members)}"#.utf8))
  }

  private func replay(
    _ recordings: ReplayUpstream, template: String = template, timeouts: [String: Int] = [:]
  ) throws -> Replay {
    try Replay("http.template", members: template, timeouts: timeouts, recordings)
  }

  @Test func `a job is submitted, asked for until it is done, and its result fetched at once`()
    async throws
  {
    let upstream = ReplayUpstream(
      .json(#"{"id":"j/1","status":"QUEUED"}"#, status: 202), .json(#"{"status":"RUNNING"}"#),
      .json(#"{"status":"COMPLETED"}"#),
      .json(#"{"images":[{"url":"https://cdn.example/a.png"}]}"#),
      .init(headers: [("content-type", "image/png")], pieces: [[1, 2, 3]]))
    let replay = try replay(upstream)
    let answer = try await replay.call(request())
    #expect(answer.media == [Answer.Media(mediaType: "image/png", bytes: [1, 2, 3])])
    #expect(answer.requestID == "j/1")
    #expect(
      upstream.requests.map { "\($0.method.rawValue) \($0.url)" } == [
        "POST https://models.example/v1/jobs/m", "GET https://models.example/v1/jobs/j%2F1",
        "GET https://models.example/v1/jobs/j%2F1",
        "GET https://models.example/v1/jobs/j%2F1/result", "GET https://cdn.example/a.png",
      ])
    #expect(
      String(decoding: upstream.requests[0].body, as: UTF8.self)
        == #"{"prompt":"a \"cat\"","steps":4,"options":[1]}"#)
    // The provider is sent the key, the host of its media is not.
    #expect(
      upstream.requests.map { $0.headers.contains { $0.name == "authorization" } }
        == [true, true, true, true, false])
  }

  @Test func `a job that failed is an error with its reason and its id`() async throws {
    let replay = try replay(
      ReplayUpstream(
        .json(#"{"id":7,"status":"QUEUED"}"#), .json(#"{"status":"FAILED","detail":"nsfw"}"#)))
    let error = try await replay.failure(request())
    #expect(error?.kind == .serverError)
    #expect(error?.message == "the job ended as 'FAILED': nsfw")
    #expect(error?.requestID == "7")
  }

  @Test(arguments: [
    (#"{"status":"QUEUED"}"#, ProviderError.Kind.malformed), ("<html>", .malformed),
  ])
  func `an answer without the id of a job is none`(
    text: String, kind: ProviderError.Kind
  ) async throws {
    let replay = try replay(ReplayUpstream(.json(text)))
    #expect(try await replay.failure(request())?.kind == kind)
  }

  @Test func `a parameter that is lacking or has no place is refused before the call`() async throws
  {
    for members in ["", #","steps":4,"colour":"red""#] {
      let replay = try replay(ReplayUpstream(.json("{}")))
      #expect(try await replay.failure(request(members))?.kind == .unsupported)
      #expect(replay.upstream.requests.isEmpty)
    }
  }

  @Test func `a job that does not end is given up by the deadline of the call`() async throws {
    let replay = try replay(
      ReplayUpstream(.json(#"{"id":"j","status":"QUEUED"}"#)),
      timeouts: ["total_ms": 50])
    let error = try await replay.failure(request())
    #expect(error?.kind == .timeoutTotal)
  }

  @Test(
    arguments: [
      (#"{"output":"/text"}"#, #"{"text":"hi"}"#, "hi", 0),
      (#"{"output":"","media":"json"}"#, #"{"a":1}"#, #"{"a":1}"#, 0),
      (
        #"{"output":"/a","media":"base64","media_type":"audio/wav"}"#, #"{"a":["AAAA","AAAA"]}"#,
        nil, 2
      ),
      (#"{"output":"","media":"body"}"#, "RIFF", nil, 1),
    ] as [(String, String, String?, Int)])
  func `without jobs the first answer has the result`(
    result: String, body: String, text: String?, media: Int
  ) async throws {
    let template =
      #","template":{"submit":{"path":"/run","body":"{{input}}"},"result":\#(result)}"#
    let replay = try replay(ReplayUpstream(.json(body)), template: template)
    let answer = try await replay.call(request(""))
    #expect(answer.text == text)
    #expect(answer.media.count == media)
    #expect(replay.body == #""a \"cat\"""#)
  }

  @Test(arguments: [
    (
      #"{"submit":{"path":"run","body":{}},"result":{"output":"/a"}}"#,
      "/submit/path: is not a path"
    ),
    (
      #"{"submit":{"path":"/run","body":{"a":"x {{input}}"}},"result":{"output":"/a"}}"#,
      "/submit/body/a: is not {{input}}"
    ),
    (
      #"{"submit":{"path":"/run","body":["{{imput}}"]},"result":{"output":"/a"}}"#,
      "/submit/body/0: is not {{input}}"
    ),
    (
      #"{"submit":{"path":"/run","body":{}},"result":{"output":"a"}}"#,
      "/result/output: is not a JSON Pointer"
    ),
    (
      #"{"submit":{"path":"/run","body":{}},"result":{"output":"/a"},"poll":{"path":"/p","state":"/s","done":["x"]}}"#,
      "/request_id: is missing"
    ),
  ])
  func `a template that cannot be followed is refused`(template: String, fault: String) throws {
    let text = """
      {"schema":"providers/1","providers":{"p":{"protocol":"http.template","base_url":"https://h",\
      "template":\(template)}}}
      """
    do {
      _ = try ProviderSet(parsing: Array(text.utf8))
      Issue.record("it was taken")
    } catch {
      #expect(error.description.contains("/providers/p/template" + fault), "\(error)")
    }
  }
}
