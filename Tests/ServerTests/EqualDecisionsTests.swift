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

/// Whoever asks, and however, gets the same decision, byte by byte.
///
/// What names a decision (its id, its version, the time) is cut off; that it is also what is drawn
/// for when a context names nothing is part of what is expected.
@Suite struct EqualDecisionsTests {
  private let folder: TemporaryDirectory
  private let service: LocalStoreService
  private let rows: LocalRowService
  private let routers: LiveRouters
  private let server: AssayServer

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
  }

  /// A router with two versions, one of them live.
  private struct Router {
    let name: DatasetName
    let versions: [RandomDocument]
    let live: Int

    var document: RandomDocument { versions[live - 1] }
  }

  private func router(_ name: String, _ random: inout RandomRules) throws -> Router {
    let dataset = try DatasetName(name)
    let versions = [try random.document(route: name), try random.document(route: name)]
    for (index, version) in versions.enumerated() {
      var push = RulesPushRequest()
      push.expect = index
      _ = try service.pushRules(dataset, version.json, push)
    }
    let live = random.number(1..<3)
    _ = try service.deploy(dataset, DeployRequest(version: "\(live)"))
    return Router(name: dataset, versions: versions, live: live)
  }

  /// A decision that was made live, and what it was made on.
  private struct Made: Sendable {
    let router: Int
    let context: Int
    let id: String
    let json: [UInt8]
  }

  private func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  /// An answer without what names the decision, and its id.
  private func cut(_ answer: [UInt8]) throws -> (id: String, json: [UInt8]) {
    let id = try #require(try object(answer)["decision_id"] as? String)
    let text = String(decoding: answer, as: UTF8.self)
    let rule = try #require(text.firstRange(of: "\"rule\":"))
    return (id, Array(("{" + text[rule.lowerBound...]).utf8))
  }

  /// A flag's decision; that the flag says the same of it is checked.
  private func decision(_ flag: [String: Any]) throws -> (id: String, json: [UInt8]) {
    let metadata = try #require(flag["metadata"] as? [String: Any])
    let id = try #require(metadata["decision_id"] as? String)
    let text = try #require(metadata["decision"] as? String)
    let told = try object(Array(text.utf8))
    let value = try #require(flag["value"] as? [String: Any])
    #expect(value["name"] as? String == told["target"] as? String)
    #expect(flag["reason"] as? String == told["reason"] as? String)
    let variant = told["variant"] as? String ?? told["target"] as? String
    #expect(flag["variant"] as? String == variant)
    return (id, Array(text.utf8))
  }

  /// Asks for each context in every way there is.
  private func ask(
    _ fleet: [Router], _ contexts: [RandomRules.Value]
  ) async throws -> [Made] {
    try await server.application().test(.router) { client in
      func post(
        _ uri: String, _ body: String, _ status: HTTPResponse.Status = .ok
      ) async throws -> [UInt8] {
        let response = try await client.execute(
          uri: uri, method: .post, body: ByteBuffer(string: body))
        #expect(response.status == status, "\(body)")
        return Array(buffer: response.body)
      }
      var made: [Made] = []
      for (place, context) in contexts.enumerated() {
        let body = "{\"context\":\(context.json)}"
        let all = try object(try await post("/ofrep/v1/evaluate/flags", body))
        let flags = try #require(all["flags"] as? [[String: Any]])
        #expect(flags.map { $0["key"] as? String } == fleet.map(\.name.text))
        for (number, router) in fleet.enumerated() {
          let name = router.name
          let answer = try cut(try await post("/v1/routers/\(name)/evaluate", body))
          // What is drawn for a decision of its own is no flag's value: the protocol asks for a key.
          let isNamed = try object(answer.json)["unit_source"] as? String != "decision.id"
          let flag = try object(
            try await post(
              "/ofrep/v1/evaluate/flags/\(name)", body, isNamed ? .ok : .badRequest))
          var all = [answer]
          for flag in [flag, flags[number]] {
            if isNamed {
              all.append(try decision(flag))
            } else {
              #expect(flag["errorCode"] as? String == "TARGETING_KEY_MISSING")
              #expect(flag["key"] as? String == name.text && flag["value"] == nil)
            }
          }
          made += all.map { Made(router: number, context: place, id: $0.id, json: $0.json) }
          let dry = try service.evaluate(name, version: nil, context: Array(context.json.utf8))
          check(try cut(dry), router.document, context)
          let other = "{\"version\":\"\(3 - router.live)\",\"context\":\(context.json)}"
          let tried = try await post("/v1/routers/\(name)/evaluate", other)
          check(try cut(tried), router.versions[2 - router.live], context)
        }
      }
      return made
    }
  }

  private func check(
    _ told: (id: String, json: [UInt8]), _ document: RandomDocument, _ context: RandomRules.Value
  ) {
    let expected = document.decision(context, name: (told.id, "decision.id")).json
    #expect(told.json == expected, "\(String(decoding: told.json, as: UTF8.self)) \(context.json)")
  }

  @Test(arguments: 0..<3)
  func `answers, flags, records, backtests and diffs tell the same decisions`(
    seed: Int
  ) async throws {
    var random = RandomRules(seed: 4000 + seed)
    let fleet = try (0..<8).map { try router("r\($0)", &random) }
    let contexts = (0..<10).map { _ in random.context() }
    try routers.loadAll()
    let made = try await ask(fleet, contexts)
    let nameless = made.count {
      String(decoding: $0.json, as: UTF8.self).contains("\"unit_source\":\"decision.id\"")
    }
    #expect(made.count + 2 * nameless == 3 * fleet.count * contexts.count)
    for one in made {
      check((one.id, one.json), fleet[one.router].document, contexts[one.context])
    }
    for kind in ["SPLIT", "TARGETING_MATCH", "DEFAULT", "\"unknown\"]", "\"shadow\":[\"", "on\":["]
    {
      #expect(
        made.contains { String(decoding: $0.json, as: UTF8.self).contains(kind) },
        "no decision has \(kind)")
    }
    try await postOutcomes(made, fleet, contexts)
    #expect(routers.flush().isEmpty && rows.sealDue(all: true).isEmpty)
    try await pushItems(contexts)
    for (number, router) in fleet.enumerated() {
      let own = made.filter { $0.router == number }
      try checkRecords(of: router, own)
      for version in 1...2 {
        try checkReplay(of: router, version, own.map { ($0.id, contexts[$0.context]) })
        try checkBacktest(of: router, version, contexts)
      }
      try checkDiff(of: router, contexts)
    }
  }

  /// What a record tells of a decision is the decision.
  private func checkRecords(of router: Router, _ made: [Made]) throws {
    var text: [UInt8] = []
    let query = QueryRequest(sql: "SELECT * FROM \"\(router.name).decisions\"", format: .jsonl)
    _ = try service.query(query) { text += $0 }
    var records: [String: [UInt8]] = [:]
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let record = try object(Array(line))
      records[try #require(record["decision_id"] as? String)] = try told(record)
    }
    #expect(records.count == made.count)
    for one in made {
      var decision = try object(one.json)
      decision["assigned_target"] = decision["target"]
      let expected = try told(decision)
      #expect(records[one.id] == expected, "\(String(decoding: expected, as: UTF8.self))")
    }
  }

  /// The decision's members of a record that have a value, in the order of their names.
  private func told(_ record: [String: Any]) throws -> [UInt8] {
    let names: Set = [
      "rule", "rule_index", "checked", "reason", "variant", "assigned_target", "bucket",
      "unit_source", "propensity_ppm", "fallbacks", "shadow",
    ]
    var members = record.filter { names.contains($0.key) && !($0.value is NSNull) }
    for name in ["checked", "fallbacks", "shadow"] {
      // SQL has lists as JSON text.
      guard let text = members[name] as? String else { continue }
      members[name] = try JSONSerialization.jsonObject(with: Data(text.utf8))
    }
    return Array(try JSONSerialization.data(withJSONObject: members, options: .sortedKeys))
  }

  private func post(
    _ uri: String, lines: [String]
  ) async throws {
    let status = try await server.application().test(.router) { client in
      try await client.execute(
        uri: uri, method: .post, headers: [.contentType: "application/x-ndjson"],
        body: ByteBuffer(string: lines.joined(separator: "\n") + "\n")
      ).status
    }
    #expect(status == .accepted || status == .created)
  }

  /// Posts what came of decisions, with the contexts they were made on.
  private func postOutcomes(
    _ made: [Made], _ fleet: [Router], _ contexts: [RandomRules.Value]
  ) async throws {
    for (number, router) in fleet.enumerated() {
      try await post(
        "/v1/routers/\(router.name)/outcomes",
        lines: made.filter { $0.router == number }.map {
          "{\"decision_id\":\"\($0.id)\",\"success\":true,\"context\":\(contexts[$0.context].json)}"
        })
    }
  }

  /// Saves the contexts as items, each with a row of two models.
  private func pushItems(_ contexts: [RandomRules.Value]) async throws {
    try await post(
      "/v1/datasets/items/versions?key=id,model&types=context=json",
      lines: contexts.enumerated().flatMap { number, context in
        ["m-1", "m-2"].map { model in
          "{\"id\":\"\(Self.key(number))\",\"model\":\"\(model)\",\"success\":1,"
            + "\"context\":\(context.json)}"
        }
      })
  }

  private static func key(_ number: Int) -> String { "i\(100 + number)" }

  /// A logged decision is replayed as it was made, and another version says what it would have.
  private func checkReplay(
    of router: Router, _ version: Int, _ made: [(id: String, context: RandomRules.Value)]
  ) throws {
    let report = try report(of: router, version, on: "\(router.name).decisions")
    let documents = (router.document, router.versions[version - 1])
    let expected = made.map { id, context in
      (
        documents.0.decision(context, name: (id, "decision.id")),
        documents.1.decision(context, name: (id, "decision.id"))
      )
    }
    #expect(report.layout == .decisions && report.active.name == "\(router.name)@\(router.live)")
    check(report, expected)
    #expect(report.findings.allSatisfy { $0.isLeftOut != true }, "\(report.findings)")
    // Whoever made the decisions weighs each of them alike.
    if version == router.live { #expect(report.offPolicy?.effectiveRows == Double(made.count)) }
  }

  /// Stored rows that hold the same contexts are decided the same.
  private func checkBacktest(
    of router: Router, _ version: Int, _ contexts: [RandomRules.Value]
  ) throws {
    let report = try report(of: router, version, on: "items")
    let names = contexts.indices.map { (Self.key($0), "decision.id") }
    check(
      report,
      zip(contexts, names).map { context, name in
        (
          router.document.decision(context, name: name),
          router.versions[version - 1].decision(context, name: name)
        )
      })
  }

  private func report(
    of router: Router, _ version: Int, on rows: String
  ) throws -> BacktestDocument {
    var request = BacktestRequest(rules: "\(router.name)@\(version)", on: rows)
    // What is live is compared with itself only when it is named.
    request.active = "\(router.name)@\(router.live)"
    var options = BacktestOptions()
    options.resamples = 100
    options.examples = 1000
    request.options = options
    return try service.backtest(request).document
  }

  /// A report tells of the decisions that are expected, the live ones beside those tried.
  private func check(
    _ report: BacktestDocument,
    _ expected: [(live: RandomDocument.Decision, tried: RandomDocument.Decision)]
  ) {
    #expect(report.items.count == expected.count)
    #expect(report.changed == expected.count { $0.live.target != $0.tried.target })
    for change in report.changes {
      let found = expected.count {
        isSame($0.live.rule, change.activeRule) && $0.live.target == change.activeTarget
          && isSame($0.tried.rule, change.rule) && $0.tried.target == change.target
      }
      #expect(found == change.items)
    }
    #expect(report.changes.reduce(0) { $0 + $1.items } == expected.count)
    let checked = expected.flatMap(\.tried.checked)
    #expect(report.conditions.checked == checked.count)
    #expect(report.conditions.unknown == checked.count { $0.truth == "unknown" })
    #expect(report.conditions.defaulted == expected.count { $0.tried.rule == nil })
  }

  /// Whether two names are the same bytes, and not only look alike.
  private func isSame(_ left: String?, _ right: String?) -> Bool {
    left.map { Array($0.utf8) } == right.map { Array($0.utf8) }
  }

  /// A diff over rows says of each row what both versions decide.
  private func checkDiff(of router: Router, _ contexts: [RandomRules.Value]) throws {
    var request = RuleDiffRequest()
    request.rows = try Reference(parsing: "items")
    request.limit = 1000
    let (old, new) = (
      try Reference(parsing: "\(router.name)@1"), try Reference(parsing: "\(router.name)@2")
    )
    let found = try #require(try service.compareRules(old, new, request).decisions)
    var expected: [String] = []
    for (number, context) in contexts.enumerated() {
      for model in ["m-1", "m-2"] {
        let item = "\(Self.key(number))/\(model)"
        let (before, after) = (
          router.versions[0].decision(context, name: (item, "key")),
          router.versions[1].decision(context, name: (item, "key"))
        )
        guard before.target != after.target else { continue }
        expected.append("\(item) \(before.target) \(after.target)")
      }
    }
    #expect(found.rows == 2 * contexts.count && found.changed == expected.count)
    #expect(found.examples.map { "\($0.item) \($0.oldTarget) \($0.newTarget)" } == expected)
  }
}
