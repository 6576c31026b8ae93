import Model
import Testing
import Wire

extension StoreServiceContract {
  /// Outputs of two models, whose inputs have the answers.
  private static let questions = """
    {"id":"q1","answer":"Paris"}
    {"id":"q2","answer":"4"}

    """
  private static let answers = """
    {"item":"q1","model":"a","attempt":1,"output":"Paris"}
    {"item":"q1","model":"a","attempt":2,"output":"paris"}
    {"item":"q1","model":"b","attempt":1,"output":"Paris"}
    {"item":"q2","model":"a","attempt":1,"output":"4"}
    {"item":"q2","model":"b","attempt":1,"output":null}

    """

  private func pushAnswers() throws {
    try push(Self.questions, to: "prompts") {
      $0.key = ["id"]
      $0.kind = .inputs
    }
    let inputs = try Reference(parsing: "prompts@1")
    try push(Self.answers, to: "triage") {
      $0.key = ["item", "model", "attempt"]
      $0.kind = .outputs
      $0.lineage = [inputs]
    }
  }

  static let scoreCases = [
    Case(description: "scores are saved with their lineage, and equal ones are not saved again") {
      contract in
      try contract.pushAnswers()
      var request = ScoreRequest("triage", scorers: [.string("exact:answer")])
      request.message = "why"
      let scores = try contract.service.score(request)
      #expect(scores.isNew && scores.version.reference == "triage.scores@1")
      #expect(scores.source == "triage@1" && scores.inputs == ["prompts@1"])
      #expect(scores.version.kind == .metrics && scores.version.message == "why")
      #expect(scores.version.lineage.map(\.reference) == ["triage@1", "prompts@1"])
      #expect(scores.version.rows == 5)
      #expect(scores.summaries.map(\.model) == ["a", "b"])
      #expect(scores.summaries.map(\.scored) == [3, 1])
      #expect(scores.summaries.map(\.errors) == [0, 1])
      #expect(scores.summaries.map(\.mean) == [2.0 / 3, 1])
      #expect(scores.failures.map(\.count) == [1])
      let again = try contract.service.score(request)
      #expect(!again.isNew && again.version.reference == "triage.scores@1")
      #expect(again.summaries == scores.summaries && again.scorers == scores.scorers)
    },
    Case(description: "scores of other scorers stand beside those of the same outputs") {
      contract in
      try contract.pushAnswers()
      _ = try contract.service.score(ScoreRequest("triage", scorers: [.string("exact:answer")]))
      let second = try contract.service.score(
        ScoreRequest("triage@1", scorers: [.string("folded=exact:answer,normalize=casefold")]))
      #expect(second.version.reference == "triage.scores@2" && second.version.rows == 10)
      #expect(second.summaries.map(\.mean) == [1, 1])
      // Other outputs begin with no scores.
      try contract.push(Self.answers.replacing("paris", with: "Paris"), to: "triage")
      let third = try contract.service.score(
        ScoreRequest(
          "triage@2", scorers: [["type": .string("exact"), "value": .string("Paris")]]))
      #expect(third.version.reference == "triage.scores@3" && third.version.rows == 5)
      #expect(third.version.lineage.map(\.reference) == ["triage@2"])
      // And the first ones are still the newest of theirs.
      let again = try contract.service.score(
        ScoreRequest("triage@1", scorers: [.string("exact:answer")]))
      #expect(!again.isNew && again.version.reference == "triage.scores@2")
    },
    Case(description: "scores stand beside the columns of the version that was scored") {
      contract in
      try contract.pushAnswers()
      _ = try contract.service.score(ScoreRequest("triage", scorers: [.string("exact:answer")]))
      var report = ReportRequest("triage", by: "model")
      report.save = SaveRequest(name: "reports")
      let first = try contract.service.report(report)
      #expect(first.document.scores?.map(\.reference) == ["triage.scores@1"])
      #expect(first.document.request.metrics == ["exact"])
      #expect(first.document.models.map { $0.scores[0].mean?.value } == [0.75, 1])
      var request = ComparisonRequest(of: "triage", by: "model", base: "a", candidates: ["b"])
      request.save = SaveRequest(name: "verdicts")
      let kept = try contract.service.compare(request)
      #expect(kept.document.request.scores == ["triage.scores@1"])
      #expect(kept.document.pairs[0].metrics.map(\.metric) == ["exact"])
      let trend = try contract.service.trend(
        of: try DatasetName("triage"), TrendRequest(metric: "exact"))
      #expect(trend.scores?.map(\.reference) == ["triage.scores@1"])
      #expect(trend.series[0].points.map(\.n) == [3])
      // Later scores do not touch what was kept.
      _ = try contract.service.score(
        ScoreRequest("triage", scorers: [.string("exact=exact:value=no")]))
      #expect(try contract.service.verifyReport(try Reference(parsing: "reports@1")).isEqual)
      #expect(try contract.service.verifyComparison(try Reference(parsing: "verdicts@1")).isEqual)
      var named = TrendRequest(metric: "exact")
      named.scores = ["triage.scores@1"]
      let again = try contract.service.trend(of: try DatasetName("triage"), named)
      #expect(again == trend)
      named.scores = ["none"]
      #expect(
        contract.kind { _ = try contract.service.trend(of: try DatasetName("triage"), named) }
          == .usage)
    },
    Case(description: "a score is the same beside other scorers and alone") { contract in
      let rows = (0..<10).map { number in
        let refusal = number < 2 ? #""no""# : "null"
        return #"{"item":"i\#(number)","output":"fine","refusal":\#(refusal)}"#
      }
      try contract.push(rows.joined(separator: "\n") + "\n", to: "plain") { $0.key = ["item"] }
      let scorers: [JSON] = [
        .string("refusal"), .string("exact:value=fine"), .string("json_valid"),
      ]
      let all = try contract.service.score(ScoreRequest("plain", scorers: scorers))
      for (place, scorer) in scorers.enumerated() {
        let alone = try contract.service.score(ScoreRequest("plain", scorers: [scorer]))
        #expect(alone.summaries == [all.summaries[place]] && !alone.isNew)
      }
      #expect(all.summaries[0].scored == 10 && all.summaries[0].mean == 0.2)
    },
    Case(description: "references are those of the inputs that are named, or of all that have them")
    {
      contract in
      try contract.push(
        #"{"id":"q1","answer":"Paris"}"# + "\n", to: "prompts"
      ) {
        $0.key = ["id"]
        $0.kind = .inputs
      }
      let first = try Reference(parsing: "prompts@1")
      func outputs(_ answer: String, _ lineage: [Reference]) throws {
        try contract.push(
          #"{"id":"q1","output":"Paris","answer":"\#(answer)"}"# + "\n", to: "triage"
        ) {
          $0.key = ["id"]
          $0.kind = .outputs
          $0.lineage = lineage
        }
      }
      func mean(_ inputs: String? = nil) throws -> Double? {
        var request = ScoreRequest("triage", scorers: [.string("exact:answer")])
        request.inputs = inputs
        return try contract.service.score(request).summaries[0].mean
      }
      try outputs("wrong", [first])
      #expect(contract.kind { _ = try mean() } == .usage)
      #expect(try mean("prompts@1") == 1 && mean("triage") == 0)
      try outputs("Paris", [first])
      #expect(try mean() == 1)
      try outputs("wrong", [])
      #expect(try mean() == 0)
      try contract.push(
        #"{"id":"q1","answer":"Rome"}"# + "\n", to: "others"
      ) {
        $0.key = ["id"]
        $0.kind = .inputs
      }
      let second = try Reference(parsing: "others@1")
      try contract.push(#"{"id":"q1","output":"Paris"}"# + "\n", to: "triage") {
        $0.key = ["id"]
        $0.kind = .outputs
        $0.lineage = [first, second]
      }
      #expect(contract.kind { _ = try mean() } == .usage)
      #expect(try mean("others") == 0 && mean("prompts") == 1)
    },
    Case(description: "an item has all its rows where several columns number attempts") {
      contract in
      let rows = [0, 1].flatMap { epoch in
        [1, 2].flatMap { attempt in
          ["a", "b"].map {
            #"{"item":"\#($0)","epoch":\#(epoch),"attempt":\#(attempt),"output":"x"}"# + "\n"
          }
        }
      }
      try contract.push(rows.joined(), to: "repeated") { $0.key = ["item", "epoch", "attempt"] }
      let scores = try contract.service.score(
        ScoreRequest("repeated", scorers: [.string("exact:value=x")]))
      #expect(scores.version.rows == 8 && scores.summaries[0].scored == 8)
      let found = try contract.query(
        """
        SELECT item, min(attempt) AS least, max(attempt) AS most FROM "repeated.scores" GROUP BY 1
        """, .jsonl)
      #expect(
        found.text == #"{"item":"a","least":1,"most":4}"# + "\n"
          + #"{"item":"b","least":1,"most":4}"# + "\n")
    },
    Case(description: "outputs, inputs and scores are paired by their keys, and not by their texts")
    {
      contract in
      try contract.push(
        #"{"id":1,"answer":"one"}"# + "\n" + #"{"id":"1","answer":"text"}"# + "\n"
          + #"{"id":"\"1\"","answer":"quoted"}"# + "\n", to: "prompts"
      ) {
        $0.key = ["id"]
        $0.kind = .inputs
      }
      let inputs = try Reference(parsing: "prompts@1")
      func outputs(_ rows: [(id: String, output: String)]) throws {
        try contract.push(
          rows.map { #"{"id":\#($0.id),"output":"\#($0.output)"}"# + "\n" }.joined(), to: "triage"
        ) {
          $0.key = ["id"]
          $0.kind = .outputs
          $0.lineage = [inputs]
        }
      }
      let all = [("1", "one"), (#""1""#, "text"), (#""\"1\"""#, "quoted")]
      var items: [String] = []
      // The column of the ids holds texts, then mixed values, then numbers.
      for rows in [Array(all[1...]), all, [all[0]]] {
        try outputs(rows)
        let scores = try contract.service.score(
          ScoreRequest("triage", scorers: [.string("exact:answer")]))
        #expect(scores.summaries[0].mean == 1 && scores.summaries[0].scored == rows.count)
        items.append(
          try contract.query(
            #"SELECT item FROM "triage.scores" ORDER BY detail, item"#, .jsonl
          ).text)
      }
      #expect(items[2] == #"{"item":1}"# + "\n", "\(items)")
      let compared = try contract.service.compare(
        ComparisonRequest(base: "triage.scores@1", candidates: ["triage.scores@2"])
      )
      #expect(compared.document.items.count == 2)
    },
    Case(description: "a gate on scores of another scorer, or of other references, is not decided")
    {
      contract in
      func scored(_ answer: String, _ scorer: String) throws {
        try contract.push(
          (0..<30).map { #"{"id":"q\#($0)","answer":"\#($0 == 0 ? answer : "a")"}"# + "\n" }
            .joined(),
          to: "prompts"
        ) {
          $0.key = ["id"]
          $0.kind = .inputs
        }
        let rows = (0..<30).map { #"{"id":"q\#($0)","output":"ab"}"# + "\n" }.joined()
        try contract.push(rows, to: "triage") {
          $0.key = ["id"]
          $0.kind = .outputs
        }
        var request = ScoreRequest("triage", scorers: [.string(scorer)])
        request.inputs = "prompts"
        _ = try contract.service.score(request)
      }
      func isPassed(_ allowed: [String] = []) throws -> Bool {
        var request = ComparisonRequest(
          base: "triage.scores@latest~1", candidates: ["triage.scores"])
        var options = ComparisonOptions()
        options.gates = ["value >= -2pp"]
        options.allowedChanges = allowed
        request.options = options
        return try contract.service.compare(request).document.verdict == .passed
      }
      try scored("a", "s=exact:answer")
      try scored("a", "s=prefix:answer")
      #expect(try !isPassed())
      #expect(try isPassed(["scorer_identity"]))
      try scored("ab", "s=prefix:answer")
      #expect(try !isPassed())
    },
    Case(description: "a field that no reference has is refused") { contract in
      try contract.push(
        #"{"item":"a","output":"{}","answer":"{\"x\":1}"}"# + "\n", to: "fields"
      ) { $0.key = ["item"] }
      #expect(
        contract.kind {
          _ = try contract.service.score(
            ScoreRequest("fields", scorers: [.string("json_fields:answer,fields=/y")]))
        } == .usage)
    },
    Case(description: "outputs that cannot be scored as requested are refused with what to do") {
      contract in
      try contract.pushAnswers()
      func kind(
        _ scorers: [JSON], of reference: String = "triage",
        _ edit: (inout ScoreRequest) -> Void = { _ in }
      ) -> StoreError.Kind? {
        contract.kind {
          var request = ScoreRequest(reference, scorers: scorers)
          edit(&request)
          _ = try contract.service.score(request)
        }
      }
      #expect(kind([.string("exact:anwser")]) == .usage)
      #expect(kind([.string("exakt:answer")]) == .usage)
      #expect(kind([]) == .usage)
      #expect(kind([.string("json_valid")], of: "absent") == .missing)
      #expect(kind([.string("json_valid")]) { $0.by = "modle" } == .usage)
      #expect(kind([.string("json_valid")]) { $0.into = "prompts" } == .usage)
      #expect(kind([.string("exact:answer")]) { $0.inputs = "triage" } == .usage)
      try contract.push("{\"output\":\"x\"}\n", to: "keyless")
      #expect(kind([.string("json_valid")], of: "keyless") == .usage)
      #expect(kind([.string("refusal")]) == .usage)
      // No request starts programs, buys answers or asks people.
      for scorer in ["command:sh+x.sh", "judge:rubric,target=m", "human"] {
        #expect(kind([.string(scorer)]) == .usage)
      }
    },
  ]
}
