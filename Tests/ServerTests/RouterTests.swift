import Access
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LiveRouting
import Model
import Objects
import NIOCore
import Server
import Service
import Store
import TestSupport
import Testing
import Wire

/// Decisions of a server over a real store.
@Suite struct RouterTests {
  private let folder: TemporaryDirectory
  private let service: LocalStoreService
  private let rows: LocalRowService
  private let routers: LiveRouters
  private let server: AssayServer
  private let chat: DatasetName

  init() throws {
    folder = try TemporaryDirectory()
    let path = folder.path + "/store"
    try Store.create(path: path)
    let service = LocalStoreService(try Store(path: path), author: "tester")
    self.service = service
    rows = service.rows()
    routers = service.liveRouters(recordingTo: rows)
    var options = ServerOptions()
    options.logLevel = .critical
    server = try AssayServer(
      home: StoreHome(path: path), options: options, clock: Store.systemClock,
      service: { service.limited(to: $0, $1) }, rows: rows, routers: routers)
    chat = try DatasetName("chat")
    for weight in [500, 5000] {
      _ = try service.pushRules(
        chat, StoreServiceContract.rules(weight: weight), RulesPushRequest())
    }
    _ = try service.deploy(chat, DeployRequest(version: "2"))
  }

  private func post(
    _ uri: String, _ body: String, _ headers: HTTPFields = [:]
  ) async throws -> TestResponse {
    try await server.application().test(.router) { client in
      try await client.execute(
        uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body))
    }
  }

  private func object(_ response: TestResponse) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        as? [String: Any])
  }

  /// The decision's own members of an answer, without what names it.
  private func decision(_ json: [String: Any]) throws -> NSDictionary {
    var json = json
    for name in [
      "decision_id", "route", "version", "content_hash", "deployment_id", "evaluated_at_us",
    ] {
      json[name] = nil
    }
    return json as NSDictionary
  }

  @Test func `evaluation, flags and the command line decide alike`() async throws {
    for unit in 0..<40 {
      let plan = ["pro", "free", "team"][unit % 3]
      let context =
        #"{"principal":{"plan":"\#(plan)","user":"u\#(unit)"},"request":{"id":"r\#(unit)"}}"#
      let evaluated = try await post("/v1/routers/chat/evaluate", "{\"context\":\(context)}")
      #expect(evaluated.status == .ok)
      let first = try object(evaluated)
      #expect(first["version"] as? Int == 2 && first["deployment_id"] as? String == "chat#3")
      let flag = try object(
        try await post("/ofrep/v1/evaluate/flags/chat", "{\"context\":\(context)}"))
      let metadata = try #require(flag["metadata"] as? [String: Any])
      let text = try #require(metadata["decision"] as? String)
      let second = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      let plain = try service.evaluate(chat, version: nil, context: Array(context.utf8))
      let third = try #require(
        try JSONSerialization.jsonObject(with: Data(plain)) as? [String: Any])
      #expect(try decision(first) == decision(second))
      #expect(try decision(first) == decision(third))
      let value = try #require(flag["value"] as? [String: Any])
      #expect(value["name"] as? String == first["target"] as? String)
    }
  }

  @Test func `a deployment decides the next request, and so does another process's`() async throws {
    let context = #"{"context":{"request":{"id":"r"}}}"#
    func version() async throws -> String? {
      try await post("/v1/routers/chat/evaluate", context).headers[
        HTTPField.Name("X-Route-Version") ?? .eTag]
    }
    #expect(try await version() == "2")
    let deployed = try await post(
      "/v1/routers/chat/deployments", #"{"version":"1","expect":2,"message":"try"}"#,
      [.contentType: "application/json"])
    #expect(deployed.status == .created)
    #expect(try await version() == "1")
    let lost = try await post(
      "/v1/routers/chat/deployments", #"{"version":"2","expect":2}"#,
      [.contentType: "application/json"])
    #expect(lost.status == .conflict)
    #expect(String(buffer: lost.body).contains("tester deployed it at"))
    let back = try await post("/v1/routers/chat/rollback", "")
    #expect(back.status == .created)
    #expect(try await version() == "2")
    let other = LocalStoreService(try Store(home: service.home), author: "other")
    _ = try other.deploy(chat, DeployRequest(version: "1"))
    // The server looks by itself every so often; this is not to wait for it.
    try routers.refresh()
    #expect(try await version() == "1")
  }

  @Test func `flags come with an entity tag that a deployment changes`() async throws {
    let body = #"{"context":{"targetingKey":"u1"}}"#
    try routers.loadAll()
    let second = try await post("/ofrep/v1/evaluate/flags", body)
    let tag = try #require(second.headers[.eTag])
    let flags = try #require(try object(second)["flags"] as? [[String: Any]])
    #expect(flags.map { $0["key"] as? String } == ["chat"])
    let metadata = try #require(flags[0]["metadata"] as? [String: Any])
    #expect(metadata["unit_source"] as? String == "targetingKey")
    let again = try await post("/ofrep/v1/evaluate/flags", body, [.ifNoneMatch: tag])
    #expect(again.status == .notModified)
    _ = try service.deploy(chat, DeployRequest(version: "1"))
    try routers.refresh()
    let moved = try await post("/ofrep/v1/evaluate/flags", body, [.ifNoneMatch: tag])
    #expect(moved.status == .ok)
    #expect(moved.headers[.eTag] != tag)
  }

  @Test func `what goes wrong with a flag is told as the protocol has it`() async throws {
    let none = try await post("/ofrep/v1/evaluate/flags/none", "{}")
    #expect(none.status == .notFound)
    #expect(try object(none)["errorCode"] as? String == "FLAG_NOT_FOUND")
    let bad = try await post("/ofrep/v1/evaluate/flags/chat", #"{"context":[]}"#)
    #expect(bad.status == .badRequest)
    #expect(try object(bad)["errorCode"] as? String == "INVALID_CONTEXT")
    for (name, body, code, status) in [
      // What no dataset can be called is not there, whatever is asked of it.
      ("newCheckout", "{}", "FLAG_NOT_FOUND", 404), ("new%20one", "{", "FLAG_NOT_FOUND", 404),
      ("chat%2Fx", "{}", "FLAG_NOT_FOUND", 404), ("%ff", "{}", "FLAG_NOT_FOUND", 404),
      ("assay_log", "{}", "FLAG_NOT_FOUND", 404),
      ("chat", "{", "PARSE_ERROR", 400), ("chat", "", "PARSE_ERROR", 400),
      ("chat", "[]", "PARSE_ERROR", 400), ("chat", #"{"context":{}}x"#, "PARSE_ERROR", 400),
      ("chat", #"{"context":null}"#, "INVALID_CONTEXT", 400),
      ("chat", #"{"context":"u1"}"#, "INVALID_CONTEXT", 400),
    ] {
      let answer = try await post("/ofrep/v1/evaluate/flags/\(name)", body)
      #expect(answer.status.code == status, "\(name) \(body)")
      let json = try object(answer)
      #expect(json["errorCode"] as? String == code, "\(name) \(body)")
      #expect(json["key"] as? String == name.removingPercentEncoding)
      #expect((json["errorDetails"] as? String)?.isEmpty == false)
    }
    let all = try await post("/ofrep/v1/evaluate/flags", "{")
    #expect(all.status == .badRequest)
    #expect(try object(all)["errorCode"] as? String == "PARSE_ERROR")
  }

  @Test func `a rule that draws by a targeting key asks for one, and records nothing`() async throws
  {
    try routers.loadAll()
    for context in [
      "{}", #"{"targetingKey":""}"#, #"{"targetingKey":7,"request":{}}"#,
      #"{"principal":{"user":null,"plan":"free"}}"#,
    ] {
      let body = "{\"context\":\(context)}"
      let one = try await post("/ofrep/v1/evaluate/flags/chat", body)
      #expect(one.status == .badRequest, "\(context)")
      let problem = try object(one)
      #expect(problem["errorCode"] as? String == "TARGETING_KEY_MISSING")
      #expect(problem["key"] as? String == "chat")
      let details = problem["errorDetails"] as? String ?? ""
      #expect(details.contains("principal.user, else request.id, else targetingKey"), "\(details)")
      // In bulk it is said of that flag alone.
      let all = try await post("/ofrep/v1/evaluate/flags", body)
      #expect(all.status == .ok)
      let flags = try #require(try object(all)["flags"] as? [[String: Any]])
      #expect(flags.map { $0["errorCode"] as? String } == ["TARGETING_KEY_MISSING"])
      // The API of its own draws for the decision, and says so.
      let decided = try object(try await post("/v1/routers/chat/evaluate", body))
      #expect(decided["unit_source"] as? String == "decision.id")
    }
    let counts = try #require(routers.recording(of: chat))
    #expect(counts.waiting + counts.recorded == 4)
    // A rule that draws nothing needs none.
    let paid = try await post(
      "/ofrep/v1/evaluate/flags/chat", #"{"context":{"principal":{"plan":"pro"}}}"#)
    #expect(paid.status == .ok)
  }

  @Test func `members and parameters that the protocol leaves open are passed over`() async throws {
    let body =
      #"{"context":{"targetingKey":"u1","email":"a@b.example","nested":{"a":[1,null]}},"#
      + #""version":9,"dry":"x","extra":{"a":[{}]}}"#
    for uri in ["/ofrep/v1/evaluate/flags/chat?x=1", "/ofrep/v1/evaluate/flags?flagConfig=1&x"] {
      let answer = try await post(uri, body)
      #expect(answer.status == .ok, "\(uri) \(String(buffer: answer.body))")
    }
    // Elsewhere what is not known is a mistake.
    #expect(try await post("/v1/routers/chat/evaluate?x=1", "{}").status == .badRequest)
    #expect(try await post("/v1/routers/chat/evaluate", #"{"extra":1}"#).status == .badRequest)
  }

  @Test func `decisions are recorded, and outcomes join them`() async throws {
    var ids: [String] = []
    for unit in 0..<20 {
      let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      let response = try await post(
        "/v1/routers/chat/evaluate", #"{"context":{"principal":{"user":"u\#(unit)"}}}"#,
        [HTTPField.Name("traceparent") ?? .eTag: trace])
      ids.append(try #require(try object(response)["decision_id"] as? String))
    }
    let dry = try await post("/v1/routers/chat/evaluate", #"{"dry":true,"context":{}}"#)
    #expect(dry.status == .ok)
    let counts = try #require(routers.recording(of: chat))
    #expect(counts.waiting + counts.recorded == 20)
    let outcomes = ids.prefix(10).map { #"{"decision_id":"\#($0)","success":true,"latency_ms":7}"# }
    let posted = try await post(
      "/v1/routers/chat/outcomes", "[" + outcomes.joined(separator: ",") + "]",
      [.contentType: "application/json"])
    #expect(posted.status == .accepted)
    let refused = try await post(
      "/v1/routers/chat/outcomes", #"[{"success":true}]"#, [.contentType: "application/json"])
    #expect(refused.status == .unprocessableContent)
    #expect(routers.flush().isEmpty)
    #expect(rows.sealDue(all: true).isEmpty)
    #expect(routers.recording(of: chat)?.recorded == 20)
    var text: [UInt8] = []
    let sql = """
      SELECT count(*) AS n, count(success) AS outcomes, count(DISTINCT decision_id) AS ids,
        min(assigned_target IN ('a', 'b')) AS targets, min(unit_hash IS NOT NULL) AS hashed,
        min(trace_id = '0af7651916cd43dd8448eb211c80319c') AS traced, sum(version = 2) AS versions
      FROM "chat.decisions" LEFT JOIN "chat.outcomes" USING (decision_id)
      """
    _ = try service.query(QueryRequest(sql: sql, format: .csv)) { text += $0 }
    #expect(
      String(decoding: text, as: UTF8.self)
        == "n,outcomes,ids,targets,hashed,traced,versions\n20,10,20,1,1,1,20\n")
  }

  @Test func `a token that may only read cannot state who asks`() async throws {
    let context = #"{"context":{"principal":{"plan":"pro","user":"u1"}}}"#
    for (scope, rule) in [(TokenScope.read, "share"), (.write, "paid")] {
      let token = try server.tokens.createToken(
        TokenRequest(name: "t", scope: scope, prefix: nil)
      ).token
      let response = try await post(
        "/v1/routers/chat/evaluate", context, [.authorization: "Bearer \(token)"])
      #expect(try object(response)["rule"] as? String == rule)
    }
  }

  @Test func `what is no envelope is refused with its place`() async throws {
    for body in [#"{"contxt":{}}"#, #"{"context":{},"context":{}}"#, "[]", "", #"{"context":1}"#] {
      let response = try await post("/v1/routers/chat/evaluate", body)
      #expect(response.status == .badRequest, "\(body)")
    }
  }
}
