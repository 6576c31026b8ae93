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
