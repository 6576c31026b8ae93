import Model
import Providers
import Testing

/// Documents `providers/1`.
@Suite struct ProviderSetTests {
  static let whole = """
    {"schema":"providers/1","providers":{"openai":{
      "protocol":"openai.chat","base_url":"https://api.openai.com/v1/",
      "auth":{"header":"authorization","scheme":"Bearer","secret":{"env":"OPENAI_API_KEY"}},
      "headers":{"openai-organization":"org-acme"},"prices":"prices@7","rate_headers":"openai",
      "limits":{"max_concurrency":64,"start_concurrency":16,"requests_per_minute":500,"tokens_per_minute":200000},
      "timeouts":{"connect_ms":2000,"ttft_ms":30000,"idle_ms":15000,"total_ms":600000},
      "retry":{"max_retries":3,"base_ms":500,"max_ms":30000,"jitter":"full","on":["rate_limited","timeout"]},
      "capabilities":{"stream":true,"tools":true,"json_schema":true,"seed":true,"n":false,"images":["image/png"]},
      "defaults":{"max_tokens":4096,"temperature":0.7},"egress":{"allow_private":false,"fetch_hosts":[]}},
      "local":{"protocol":"command","command":{"argv":["python3","model.py"],"env":["MODEL"],"mode":"lines"}}},
     "models":{"mini":{"provider":"openai","model":"gpt-4o-mini","params":{"temperature":0},
       "context_tokens":128000,"attributes":{"region":"eu","retention_days":30}}}}
    """

  private func faults(_ text: String) -> [String] {
    do {
      _ = try ProviderSet(parsing: Array(text.utf8))
      return []
    } catch {
      return error.faults.map { "\($0.pointer): \($0.message)" }
    }
  }

  /// The faults of a document with one provider.
  private func faults(of provider: String) -> [String] {
    faults(#"{"schema":"providers/1","providers":{"p":\#(provider)}}"#)
  }

  @Test func `a document with every member is read`() throws {
    let set = try ProviderSet(parsing: Array(Self.whole.utf8))
    #expect(set.providers.map(\.name) == ["openai", "local"])
    #expect(set.provider("openai")?.baseURL == "https://api.openai.com/v1")
    #expect(set.provider("openai")?.secret == .environment("OPENAI_API_KEY"))
    #expect(set.provider("openai")?.prices == "prices@7")
    #expect(set.provider("local")?.protocol == .command)
    #expect(set.models.map(\.contextTokens) == [128_000])
  }

  @Test func `a target is a name, or a provider and all behind the first colon`() throws {
    let set = try ProviderSet(parsing: Array(Self.whole.utf8))
    #expect(try set.target("mini").model == "gpt-4o-mini")
    #expect(try set.target("mini").name == "mini")
    #expect(try set.target("local:llama3:8b").model == "llama3:8b")
    #expect(throws: StoreError.self) { try set.target("minni") }
    #expect { try set.target("opnai:x") } throws: { error in
      let error = error as? StoreError
      return error?.kind == .missing && error?.message.contains("did you mean openai?") == true
    }
  }

  @Test func `an unknown member is refused with the near one`() {
    let found = faults(of: #"{"protocol":"openai.chat","baseurl":"https://a.example"}"#)
    #expect(
      found.contains { $0.hasPrefix("/providers/p/baseurl: is not known; did you mean base_url?") })
    #expect(found.contains { $0 == "/providers/p/base_url: is missing" })
    #expect(
      faults(of: #"{"protocol":"openai.chats","base_url":"https://a.example"}"#) == [
        "/providers/p/protocol: is 'openai.chats': did you mean openai.chat or openai.images?"
      ])
  }

  @Test(arguments: [
    #""headers":{"x-note":"sk-proj-abcdefghijklmnop1234"}"#,
    #""headers":{"x-note":"0123456789abcdef0123456789abcdef0123456789"}"#,
    #""defaults":{"user":"sk-ant-abcdefghijklmnop1234"}"#,
    #""comment":"Bearer abcdefghijkl""#,
    #""defaults":{"nested":[{"key":"AIzaSyA0123456789abcdefghijklmnop"}]}"#,
  ])
  func `what looks like a key is refused, and not repeated`(member: String) throws {
    let found = faults(of: #"{"protocol":"openai.chat","base_url":"https://a.example",\#(member)}"#)
    #expect(found.contains { $0.contains("looks like a key") })
    for word in ["sk-proj", "0123456789abcdef", "sk-ant", "abcdefghijkl", "AIza"] {
      #expect(!found.joined().contains(word))
    }
  }

  @Test(arguments: [
    #""headers":{"anthropic-beta":"prompt-caching-2024-07-31,output-128k-2025-02-19"}"#,
    #""headers":{"openai-organization":"org-AbCdEfGhIjKlMnOpQrStUvWx"}"#,
    #""defaults":{"stop":["sk-"]}"#,
  ])
  func `what is no key is taken`(member: String) {
    #expect(
      faults(of: #"{"protocol":"openai.chat","base_url":"https://a.example",\#(member)}"#) == [])
  }

  @Test(arguments: [
    (#"{"secret":"abc"}"#, "/auth/secret: is a text, where an object is expected"),
    (#"{"secret":{}}"#, "/auth/secret: has to be"),
    (#"{"secret":{"env":"A","file":"/b"}}"#, "/auth/secret: has to be"),
    (#"{"secret":{"file":"relative"}}"#, "/auth/secret: has a path that does not begin with '/'"),
    (#"{"secret":{"env":"no spaces"}}"#, "/auth/secret: is no name of a variable"),
    (#"{"secret":{"env":"A"},"header":"X-Key"}"#, "/auth/header: is no name of a header field"),
  ])
  func `a secret is a reference`(auth: String, fault: String) {
    let found = faults(
      of: #"{"protocol":"openai.chat","base_url":"https://a.example","auth":\#(auth)}"#)
    #expect(found.contains { $0.contains(fault) }, "\(found)")
  }

  @Test(arguments: [
    "https://a.example?key=1", "https://user@a.example", "ftp://a.example", "https://",
    "https:///x",
    "https://a.example/#x", "https://a b.example",
  ])
  func `a base URL has a scheme, a host and a path`(url: String) {
    let found = faults(of: #"{"protocol":"openai.chat","base_url":"\#(url)"}"#)
    #expect(found.contains { $0.hasPrefix("/providers/p/base_url: ") }, "\(found)")
  }

  @Test func `keys of providers do not go into headers, and calls set what is theirs`() {
    let found = faults(
      of: """
        {"protocol":"openai.chat","base_url":"https://a.example","headers":{"authorization":"x"},\
        "defaults":{"model":"m"},"capabilities":{"stream":1},"timeouts":{"ttft_ms":0}}
        """)
    #expect(
      found.map { String($0.prefix { $0 != ":" }) } == [
        "/providers/p/headers/authorization", "/providers/p/timeouts/ttft_ms",
        "/providers/p/capabilities/stream", "/providers/p/defaults/model",
      ])
  }

  @Test func `a model names a provider that is there`() {
    let text = Self.whole.replacing(#""provider":"openai""#, with: #""provider":"opena""#)
    #expect(faults(text) == ["/models/mini/provider: is 'opena': did you mean openai?"])
  }

  @Test func `a provider is put into the document and taken out with its models`() throws {
    let set = try ProviderSet(parsing: Array(Self.whole.utf8))
    let less = try ProviderSet(set.document(with: nil, named: "openai"))
    #expect(less.providers.map(\.name) == ["local"])
    #expect(less.models.isEmpty)
    let more = try ProviderSet(
      less.document(
        with: try JSON(parsing: Array(#"{"protocol":"openai.chat","base_url":"http://h"}"#.utf8)),
        named: "b"))
    #expect(more.providers.map(\.name) == ["local", "b"])
    #expect(more.digest != less.digest)
  }

  @Test func `text that is not JSON, or has a member twice, is told by its place`() {
    #expect(faults("{") == [": is not JSON at line 1, column 2: a member's name is expected here"])
    #expect(
      faults(#"{"schema":"providers/1","schema":"providers/1","providers":{}}"#).first?
        .contains("given twice") == true)
  }
}
