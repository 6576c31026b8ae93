import Foundation
import Model
import Testing
import Wire

extension StoreServiceContract {
  /// A rule document: one rule for `plan`, and a split of `weight` basis points for `b`.
  package static func rules(
    plan: String = "pro", weight: Int = 500, parent: Int? = nil, rest: String = ""
  ) -> [UInt8] {
    let over = parent.map { "\"parent_version\":\($0)," } ?? ""
    return Array(
      """
      {"schema":"route.rules/1","route":"chat",\(over)
       "targets":{"a":{"provider":"p","model":"m-a"},"b":{"provider":"p","model":"m-b"}},
       "rules":[
        {"name":"paid","when":{"principal.plan":{"$eq":"\(plan)"}},"serve":{"target":"b"}},
        {"name":"share","serve":{"split":{"hash_version":1,"salt":"s",
         "hash_fields":["principal.user"],"variants":[
          {"name":"control","target":"a","weight":\(10_000 - weight)},
          {"name":"canary","target":"b","weight":\(weight)}]}}}],
       "default":{"target":"a"}\(rest)}
      """.utf8)
  }

  private func pushRules(
    _ rules: [UInt8], _ edit: (inout RulesPushRequest) -> Void = { _ in }
  ) throws -> RulesPushDocument {
    var request = RulesPushRequest()
    request.author = "ann"
    edit(&request)
    return try service.pushRules(try DatasetName("chat"), rules, request)
  }

  private func deploy(
    _ version: String, _ edit: (inout DeployRequest) -> Void = { _ in }
  ) throws -> DeploymentDocument {
    var request = DeployRequest(version: version)
    request.author = "ann"
    edit(&request)
    return try service.deploy(try DatasetName("chat"), request)
  }

  /// The message of the error that `body` throws.
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  static let routerCases = [
    Case(description: "rules are saved, told, and the same again are the version they were") {
      contract in
      let first = try contract.pushRules(rules())
      #expect(first.isNew && first.version?.reference == "chat@1" && first.version?.kind == .rules)
      let second = try contract.pushRules(rules(plan: "team", weight: 1500)) { $0.message = "more" }
      #expect(second.version?.number == 2)
      #expect(
        second.movement == [MovementDocument(rule: "share", cause: "weights", basisPoints: 1000)])
      #expect(second.changes.map(\.what) == ["rule paid", "rule share"])
      #expect(second.changes.map(\.members) == [["when"], ["serve"]])
      let shown = try contract.service.ruleSet(try Reference(parsing: "chat@2"))
      #expect(shown.digest == second.digest)
      #expect(Digest(hashing: shown.document.canonicalBytes) == second.digest)
      #expect(shown.rules.map(\.serves) == ["b", "control 85 % a, canary 15 % b"])
      let again = try contract.pushRules(shown.document.canonicalBytes)
      #expect(!again.isNew && again.version?.number == 2)
    },
    Case(description: "what rules would move is told before they are saved") { contract in
      _ = try contract.pushRules(rules())
      let tried = try contract.pushRules(rules(weight: 1000)) { $0.isDryRun = true }
      #expect(tried.isNew && tried.version == nil && tried.movement.map(\.basisPoints) == [500])
      #expect(try contract.service.versions(of: try DatasetName("chat"), limit: nil).count == 1)
    },
    Case(description: "rules with faults are refused with all of them, and change nothing") {
      contract in
      let text = String(decoding: rules(), as: UTF8.self)
        .replacing("\"$eq\"", with: "\"$is\"").replacing("500", with: "501")
      #expect(contract.kind { _ = try contract.pushRules(Array(text.utf8)) } == .invalid)
      let told = contract.message { _ = try contract.pushRules(Array(text.utf8)) }
      #expect(told.contains("/rules/0/when/principal.plan/$is: is not an operator"))
      #expect(told.contains("/rules/1/serve/split/variants: has weights that sum to"))
      let datasets = try contract.service.datasets(limit: nil)
      #expect(datasets.isEmpty)
    },
    Case(description: "rules over another parent than the latest are refused") { contract in
      _ = try contract.pushRules(rules())
      _ = try contract.pushRules(rules(weight: 600, parent: 1))
      #expect(
        contract.kind { _ = try contract.pushRules(rules(weight: 700, parent: 1)) } == .conflict)
      #expect(
        contract.kind { _ = try contract.pushRules(rules(weight: 700)) { $0.expect = 0 } }
          == .conflict)
    },
    Case(description: "a version is deployed, and rolled back to the one before") { contract in
      let chat = try DatasetName("chat")
      _ = try contract.pushRules(rules())
      _ = try contract.pushRules(rules(weight: 600))
      #expect(try contract.service.router(chat).live == nil)
      #expect(
        contract.kind { _ = try contract.service.rollback(chat, RollbackRequest()) } == .missing)
      #expect(try contract.deploy("1") { $0.message = "begin" }.previous == nil)
      let second = try contract.deploy("latest") { $0.expect = 1 }
      #expect(second.number == 2 && second.previous == 1 && second.reason == .activate)
      #expect(try contract.service.router(chat).live == second)
      #expect(try contract.service.router(chat).share == 10_000)
      #expect(contract.kind { _ = try contract.deploy("2") } == .conflict)
      var back = RollbackRequest()
      back.author = "bob"
      back.message = "worse"
      let rolled = try contract.service.rollback(chat, back)
      #expect(rolled.number == 1 && rolled.previous == 2 && rolled.reason == .rollback)
      let told = contract.message { _ = try contract.deploy("2") { $0.expect = 2 } }
      #expect(told.contains("bob deployed it at") && told.contains("'worse'"))
      let all = try contract.service.deployments(of: chat, limit: nil)
      #expect(all.map(\.number) == [1, 2, 1])
      #expect(try contract.service.deployments(of: chat, limit: 1) == [rolled])
      #expect(
        try contract.service.log(of: chat, stat: false, limit: 1) == [.deployment(rolled)])
      #expect(contract.kind { _ = try contract.service.rollback(chat, back) } == .missing)
      #expect(try contract.service.verify(heads: [:]) { _ in }.isSound)
    },
    Case(description: "a ramp takes over step by step, and keeps what it took") { contract in
      let chat = try DatasetName("chat")
      _ = try contract.pushRules(rules())
      _ = try contract.pushRules(rules(plan: "team"))
      _ = try contract.pushRules(rules(plan: "team", weight: 600))
      let plan = DeployRequest.Ramp(steps: [100, 10_000], everySeconds: 3600)
      #expect(contract.kind { _ = try contract.deploy("2") { $0.ramp = plan } } == .usage)
      _ = try contract.deploy("1")
      let made = try contract.deploy("2") { $0.ramp = plan }
      #expect(made.ramp?.over == 1 && made.ramp?.fields == ["principal.user"])
      #expect(try contract.service.router(chat).share == 100)
      #expect(contract.kind { _ = try contract.deploy("3") { $0.ramp = plan } } == .conflict)
      let step = try contract.deploy("2") {
        $0.ramp = DeployRequest.Ramp(steps: [2500, 10_000], everySeconds: 60)
      }
      #expect(
        step.reason == .rampStep && step.ramp?.over == 1 && step.ramp?.salt == made.ramp?.salt)
      #expect(try contract.service.router(chat).share == 2500)
      #expect(try contract.service.rollback(chat, RollbackRequest()).number == 1)
    },
    Case(description: "rules are compared by rules and by what they decide") { contract in
      _ = try contract.pushRules(rules())
      _ = try contract.pushRules(rules(plan: "team"))
      try contract.push(
        """
        {"id":"i1","principal":{"plan":"pro","user":"u1"}}
        {"id":"i2","principal":{"plan":"team","user":"u2"}}
        {"id":"i3","principal":{"plan":"free","user":"u3"}}

        """, to: "items"
      ) { $0.key = ["id"] }
      var request = RuleDiffRequest()
      request.rows = try Reference(parsing: "items")
      let (old, new) = (try Reference(parsing: "chat@1"), try Reference(parsing: "chat@2"))
      let found = try contract.service.compareRules(old, new, request)
      #expect(found.changes.map(\.what) == ["rule paid"] && found.movement.isEmpty)
      #expect(found.decisions?.rows == 3 && found.decisions?.changed == 2)
      #expect(found.decisions?.examples.map(\.item) == ["i1", "i2"])
      #expect(found.decisions?.examples.map(\.newRule) == ["share", "paid"])
      let same = try contract.service.compareRules(old, old, request)
      #expect(same.changes.isEmpty)
    },
    Case(description: "a request is decided by a version, or by what is live") { contract in
      let chat = try DatasetName("chat")
      _ = try contract.pushRules(rules())
      let context = Array(#"{"principal":{"plan":"pro"}}"#.utf8)
      #expect(
        contract.kind { _ = try contract.service.evaluate(chat, version: nil, context: context) }
          == .missing)
      let tried = try Documents.decode(
        DecisionDocument.self,
        from: try contract.service.evaluate(chat, version: "1", context: context))
      #expect(tried.target == "b" && tried.rule == "paid" && tried.checked == [["paid", "true"]])
      _ = try contract.deploy("1")
      let live = try Documents.decode(
        DecisionDocument.self,
        from: try contract.service.evaluate(chat, version: nil, context: Array("{}".utf8)))
      #expect(live.version == 1 && live.rule == "share" && live.unitSource == "decision.id")
      #expect(
        contract.kind {
          _ = try contract.service.evaluate(chat, version: nil, context: Array("[]".utf8))
        } == .usage)
    },
  ]
}
