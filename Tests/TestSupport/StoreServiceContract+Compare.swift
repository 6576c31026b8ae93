import Model
import Testing
import Wire

extension StoreServiceContract {
  static let comparisonCases = [
    Case(description: "runs are compared on the items they have in common") { contract in
      try contract.pushRuns()
      let answer = try contract.service.compare(
        ComparisonRequest(base: "base@latest", candidates: ["new"]))
      let document = answer.document
      #expect(answer.saved == nil && document.verdict == nil)
      #expect(document.request.base == "base@1" && document.request.candidates == ["new@1"])
      #expect(document.sources.map(\.reference) == ["base@1", "new@1"])
      #expect(document.items.count == 39 && document.items.key == ["id"])
      #expect(document.findings.first?.count == 1 && document.findings.first?.isLeftOut == true)
      #expect(document.pairs[0].metrics.map(\.metric) == ["success", "cost"])
      #expect(document.arms[1].summary.success?.value == 1)
    },
    Case(description: "the same request gives the same document") { contract in
      try contract.pushRuns()
      let request = ComparisonRequest(base: "base", candidates: ["new"])
      let one = try contract.service.compare(request)
      #expect(try contract.service.compare(request) == one)
    },
    Case(description: "a comparison that is kept comes back, and is the same computed again") {
      contract in
      try contract.pushRuns()
      var request = ComparisonRequest(base: "base", candidates: ["new"])
      var options = ComparisonOptions()
      options.gates = ["success >= -2pp", "cost <= +2.5%"]
      options.missing = .ignore
      options.slices = ["task"]
      request.options = options
      request.save = SaveRequest(name: "verdicts", message: "why", author: "bob")
      let kept = try contract.service.compare(request)
      #expect(kept.saved == "verdicts@1")
      #expect(kept.document.gates.map(\.verdict) == [.passed, .undecided])
      #expect(kept.document.verdict == .undecided)
      let reference = try Reference(parsing: "verdicts@1")
      #expect(try contract.service.comparison(reference) == kept)
      let version = try contract.service.version(reference).version
      #expect(version.kind == .reports && version.author == "bob" && version.message == "why")
      #expect(version.lineage.map(\.reference) == ["base@1", "new@1"])
      #expect(try contract.service.compare(request).saved == "verdicts@1", "nothing is new")
      // A tag or a later version changes nothing of what the document names.
      try contract.push("{\"id\":1,\"success\":0,\"cost\":9}\n", to: "new")
      let again = try contract.service.verifyComparison(reference)
      #expect(again.isEqual && again.differences.isEmpty && again.reference == "verdicts@1")
      #expect(
        contract.kind { _ = try contract.service.comparison(try Reference(parsing: "new@1")) }
          == .usage)
    },
    Case(description: "a document that was not computed so is found out") { contract in
      try contract.pushRuns()
      let request = ComparisonRequest(base: "base", candidates: ["new"])
      let text = String(
        decoding: Documents.encode(try contract.service.compare(request)), as: UTF8.self)
      let forged = text.replacing("\"verdict\":\"better\"", with: "\"verdict\":\"unclear\"")
      let isForged = forged != text
      try #require(isForged)
      try contract.push("{\"document\":\(forged)}\n", to: "forged") {
        $0.types = ["document": .json]
        $0.attributes = ["format": Edition.current.format(ComparisonDocument.form)]
      }
      let found = try contract.service.verifyComparison(try Reference(parsing: "forged"))
      #expect(!found.isEqual && found.differences.count >= 1)
      let difference = try #require(found.differences.first)
      #expect(difference.pointer.hasPrefix("/pairs/0/metrics/"))
      #expect(difference.saved == "\"unclear\"" && difference.recomputed == "\"better\"")
    },
    Case(description: "the values of a column are compared") { contract in
      try contract.push(
        """
        {"id":1,"model":"a","score":1}
        {"id":1,"model":"b","score":3}
        {"id":2,"model":"a","score":2}
        {"id":2,"model":"b","score":3}

        """, to: "table"
      ) { $0.key = ["id", "model"] }
      let request = ComparisonRequest(of: "table", by: "model", base: nil, candidates: [])
      let document = try contract.service.compare(request).document
      #expect(document.request.base == "a" && document.request.candidates == ["b"])
      #expect(document.items.key == ["id"] && document.items.count == 2)
      #expect(document.pairs[0].metrics[0].difference?.value == 1.5)
    },
    Case(description: "a comparison that makes no sense says why") { contract in
      try contract.pushRuns()
      try contract.push("{\"score\":1}\n", to: "keyless")
      func kind(_ request: ComparisonRequest) -> StoreError.Kind? {
        contract.kind { _ = try contract.service.compare(request) }
      }
      #expect(kind(ComparisonRequest(base: "base", candidates: [])) == .usage)
      #expect(kind(ComparisonRequest(base: "base", candidates: ["none"])) == .missing)
      #expect(kind(ComparisonRequest(base: "keyless", candidates: ["keyless"])) == .usage)
      #expect(
        kind(ComparisonRequest(of: "base", by: "nothing", base: nil, candidates: [])) == .usage)
      var request = ComparisonRequest(base: "base", candidates: ["new"])
      request.save = SaveRequest(name: "new")
      #expect(kind(request) == .usage, "rows and reports do not mix")
      request.save = nil
      request.options = ComparisonOptions()
      request.options?.condition = "id >"
      #expect(kind(request) == .usage)
    },
    Case(description: "registered gates hold for the items they were registered for") { contract in
      try contract.pushRuns()
      var options = ComparisonOptions()
      options.gates = ["success >= -2pp"]
      let kept = try contract.service.createGate(
        GateRequest(reference: "new@1", options: options, save: SaveRequest(name: "bar")))
      #expect(kept.saved == "bar@1" && kept.document.items.count == 39)
      #expect(try contract.service.gate(try Reference(parsing: "bar")) == kept)
      var request = ComparisonRequest(base: "base", candidates: ["new"])
      request.registered = "bar"
      let document = try contract.service.compare(request).document
      #expect(document.request.registered == "bar@1" && document.verdict == .passed)
      #expect(document.items.digest == kept.document.items.digest)
      #expect(document.findings.contains { $0.subject == "registration" && $0.arm == "new@1" })
      request.options = options
      request.options?.confidence = 0.6
      #expect(contract.kind { _ = try contract.service.compare(request) } == .usage)
      // A run that lost an item is not what was registered.
      request.options = nil
      request.candidates = ["short"]
      try contract.push(contract.run(35, success: 1), to: "short") { $0.key = ["id"] }
      #expect(contract.kind { _ = try contract.service.compare(request) } == .conflict)
      options.gates = []
      let empty = GateRequest(reference: "new@1", options: options, save: SaveRequest(name: "bar"))
      #expect(contract.kind { _ = try contract.service.createGate(empty) } == .usage)
    },
  ]

  /// A run of 40 items, and a better one that lacks an item.
  private func pushRuns() throws {
    try push(run(40, success: nil), to: "base") { $0.key = ["id"] }
    try push(run(39, success: 1), to: "new") { $0.key = ["id"] }
  }

  /// JSON lines of `count` items, of which each fourth fails unless `success` says otherwise.
  private func run(_ count: Int, success: Int?) -> String {
    (1...count).map { id in
      let result = success ?? (id % 4 == 0 ? 0 : 1)
      let cost = Double((id * 7) % 13 + (success == nil ? 0 : id % 2)) / 16 + 1
      return #"{"id":\#(id),"task":"t\#(id % 3)","success":\#(result),"cost":\#(cost)}"# + "\n"
    }.joined()
  }
}
