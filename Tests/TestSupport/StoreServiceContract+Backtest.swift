import Model
import Testing
import Wire

extension StoreServiceContract {
  static let backtestCases = [
    Case(description: "rules are tried on stored rows, and the report is kept with its lineage") {
      contract in
      try contract.pushBakeOff()
      try contract.pushRules("outputs@1")
      var request = BacktestRequest(rules: "r@1")
      request.save = SaveRequest(name: "trials", message: "before friday", author: "bob")
      let kept = try contract.service.backtest(request)
      #expect(kept.saved == "trials@1")
      let report = kept.document
      #expect(report.verdict == .pass && report.gates.count == 3)
      #expect(report.request.on == "outputs@1" && report.request.save == nil)
      #expect(report.coverage == .init(items: 60, candidate: 60, active: 60, both: 60))
      #expect(report.changed == 30 && report.sources.map(\.reference) == ["outputs@1"])
      let version = try contract.service.version(try Reference(parsing: "trials@1")).version
      #expect(version.message == "before friday" && version.author == "bob")
      #expect(version.lineage.map(\.reference).sorted() == ["outputs@1", "r@1"])
      // The same again is the same bytes, and so the same version.
      #expect(try contract.service.backtest(request).saved == "trials@1")
    },
    Case(description: "rules are compared with other rules, or with one target for everything") {
      contract in
      try contract.pushBakeOff()
      try contract.pushRules("outputs@1")
      try contract.pushRules("elsewhere")
      var request = BacktestRequest(rules: "r@2", on: "outputs")
      request.active = "r@1"
      let same = try contract.service.backtest(request).document
      #expect(same.changed == 0 && same.active.name == "r@1" && same.active.digest != nil)
      #expect(same.verdict == .insufficient && same.failures[0].hasPrefix("on elsewhere"))
      request.active = nil
      request.baseline = "small"
      let other = try contract.service.backtest(request).document
      #expect(other.changed == 30 && other.active.name == "small")
      request.active = "r@1"
      #expect(contract.kind { _ = try contract.service.backtest(request) } == .usage)
      request.active = nil
      request.baseline = "none"
      #expect(contract.kind { _ = try contract.service.backtest(request) } == .usage)
    },
    Case(description: "a backtest that makes no sense says why") { contract in
      try contract.pushBakeOff()
      try contract.pushRules("outputs@1")
      func kind(_ rules: String, _ on: String) -> StoreError.Kind? {
        contract.kind {
          _ = try contract.service.backtest(BacktestRequest(rules: rules, on: on))
        }
      }
      #expect(kind("outputs@1", "outputs@1") == .usage, "rows are no rules")
      #expect(kind("r@1", "none") == .missing)
      #expect(kind("r@9", "outputs@1") == .missing)
      try contract.push("{\"model\":\"big\",\"success\":1}\n", to: "keyless")
      #expect(kind("r@1", "keyless") == .usage)
    },
    Case(description: "logged decisions are weighed by the chance they had") { contract in
      try contract.pushRules("outputs@1")
      let decisions = (0..<400).map { number in
        let target = number % 2 == 0 ? "big" : "small"
        return """
          {"decision_id":"d\(number)","assigned_target":"\(target)","propensity_ppm":500000,\
          "context":{"metadata":{"topic":"chat"}}}

          """
      }
      let outcomes = (0..<400).map { number in
        let isSuccess = number % 2 == 1 && number % 8 != 1
        return #"{"decision_id":"d\#(number)","success":\#(isSuccess ? 1 : 0)}"# + "\n"
      }
      try contract.push(decisions.joined(), to: "r.decisions") { $0.key = ["decision_id"] }
      try contract.push(outcomes.joined(), to: "r.outcomes") { $0.key = ["decision_id"] }
      let report = try contract.service.backtest(
        BacktestRequest(rules: "r@1", on: "r.decisions")
      ).document
      #expect(report.layout == .decisions && report.request.outcomes == "r.outcomes@1")
      #expect(report.offPolicy?.effectiveRows == 200 && report.offPolicy?.meanWeight == 1)
      let success = try #require(report.pair?.metrics.first)
      #expect(success.candidate?.value == 0.75 && success.base?.value == 0)
      #expect(success.verdict == .better)
      var few = BacktestRequest(rules: "r@1", on: "r.decisions")
      few.options = BacktestOptions()
      few.options?.leastEffectiveRows = 300
      let refused = try contract.service.backtest(few).document
      #expect(refused.pair == nil && refused.verdict == .insufficient)
    },
    Case(description: "without other rules a backtest compares with what is live") { contract in
      try contract.pushBakeOff()
      try contract.pushRules("outputs@1")
      let request = BacktestRequest(rules: "r@1")
      let first = try contract.service.backtest(request).document
      #expect(first.active.name == "big" && first.findings.contains { $0.subject == "active" })
      var deploy = DeployRequest(version: "1")
      deploy.override = "the first one"
      _ = try contract.service.deploy(try DatasetName("r"), deploy)
      #expect(contract.kind { _ = try contract.service.backtest(request) } == .usage)
      var itself = request
      itself.active = "r@1"
      let second = try contract.service.backtest(itself).document
      #expect(second.active.name == "r@1" && second.active.digest == second.rules)
      #expect(second.request.active == "r@1" && second.changed == 0)
    },
    Case(description: "rules are drafted from rows, saved, and found good on them") { contract in
      try contract.pushBakeOff()
      var request = SuggestionRequest(name: "r", objective: "min cost s.t. success >= -20pp")
      request.on = "outputs"
      request.slice = "topic"
      request.save = SaveRequest(name: "drafts")
      let kept = try contract.service.suggest(request)
      let draft = kept.document
      #expect(kept.saved == "drafts@1" && draft.request.on == "outputs@1")
      #expect(draft.base == "big" && draft.slices.map(\.model) == ["small", "big"])
      let pushed = try contract.service.pushRules(
        try DatasetName("r"), draft.document.canonicalBytes, RulesPushRequest())
      #expect(pushed.digest == draft.rules && pushed.isNew)
      let report = try contract.service.backtest(BacktestRequest(rules: "r@1", on: "outputs"))
      #expect(report.document.changed == 30 && report.document.verdict == .none)
      request.slice = nil
      #expect(contract.kind { _ = try contract.service.suggest(request) } == .usage)
      request.slice = "topic"
      request.on = "none"
      #expect(contract.kind { _ = try contract.service.suggest(request) } == .missing)
    },
    Case(description: "a live split is analysed by what each unit was given") { contract in
      let rules = """
        {"schema":"route.rules/1","route":"r","targets":{"big":{"provider":"p","model":"big"},\
        "small":{"provider":"p","model":"small"}},"rules":[{"name":"all","serve":{"split":\
        {"hash_version":1,"salt":"s","hash_fields":["principal.id"],"variants":[{"name":"control",\
        "target":"big","weight":5000},{"name":"canary","target":"small","weight":5000}]}}}],\
        "default":{"target":"big"}}
        """
      _ = try contract.service.pushRules(
        try DatasetName("r"), Array(rules.utf8), RulesPushRequest())
      var request = ExperimentRequest(name: "r")
      #expect(contract.kind { _ = try contract.service.experiment(request) } == .missing)
      let decisions = (0..<2000).map { number in
        let variant = number % 2 == 0 ? "control" : "canary"
        return #"{"decision_id":"d\#(number)","version":1,"rule":"all","variant":"\#(variant)","#
          + #""assigned_target":"x","unit_hash":"u\#(number)"}"# + "\n"
      }
      let outcomes = (0..<2000).map { number in
        let isSuccess = number % 2 == 0 ? number % 20 != 0 : number % 4 == 1
        return #"{"decision_id":"d\#(number)","success":\#(isSuccess ? 1 : 0)}"# + "\n"
      }
      try contract.push(decisions.joined(), to: "r.decisions") { $0.key = ["decision_id"] }
      try contract.push(outcomes.joined(), to: "r.outcomes") { $0.key = ["decision_id"] }
      #expect(contract.kind { _ = try contract.service.experiment(request) } == .missing)
      request.version = "1"
      request.guardrails = ["success >= -10pp", "success >= -60pp"]
      let document = try contract.service.experiment(request)
      #expect(document.verdict == .stop && document.by == "variant")
      #expect(document.request.rule == "all" && document.request.control == "control")
      #expect(document.guardrails.map(\.verdict) == [.failed, .passed])
      #expect(document.arms.map(\.units) == [1000, 1000])
      #expect(document.sampleRatio?.pValue == 1)
    },
  ]

  /// Items of two topics, answered by two models; the small one is as good at `chat`.
  func pushBakeOff(items: Int = 60) throws {
    let rows = (0..<items).flatMap { item in
      ["big", "small"].map { model in
        let topic = item % 2 == 0 ? "code" : "chat"
        let success = model == "small" && topic == "code" ? 0 : 1
        let cost = model == "big" ? 5 + item % 3 : 1
        return
          #"{"id":\#(item),"topic":"\#(topic)","model":"\#(model)","success":\#(success),"#
          + #""cost":\#(cost)}"# + "\n"
      }
    }
    try push(rows.joined(), to: "outputs") {
      $0.key = ["id", "model"]
      $0.kind = .outputs
    }
  }

  /// Rules that give `chat` to the small model, with gates on `rows`.
  func pushRules(_ rows: String) throws {
    let rules = """
      {"schema":"route.rules/1","route":"r","targets":{"big":{"provider":"p",\
      "model":"big"},"small":{"provider":"p","model":"small"}},"rules":[{"name":"chat","when":\
      {"metadata.topic":{"$eq":"chat"}},"serve":{"target":"small"}}],"default":{"target":"big"},"gates":\
      {"backtest":{"dataset":"\(rows)","min_coverage_percent":90,"non_inferiority":[{"metric":\
      "success","margin_ppm":100000,"alpha_ppm":25000}],"max_cost_increase_percent":10}}}
      """
    _ = try service.pushRules(try DatasetName("r"), Array(rules.utf8), RulesPushRequest())
  }
}
