import Model
import Service
import Testing
import Wire

/// What scores rest on, where it is recorded within a nested column.
@Suite struct NestedMeasureTests {
  private let desk: Desk

  init() throws { desk = try Desk() }

  private static let count = 40

  /// A run of `count` items with a nested column, told by item.
  private func push(_ run: Int, asText: Bool = false, _ meta: (Int) -> String) throws {
    let rows = (0..<Self.count).map { item in
      let isGood = (item + run) % 4 > 0
      let meta = asText ? JSON.string(meta(item)).text : meta(item)
      return "{\"id\":\(item),\"success\":\(isGood),\"meta\":\(meta)}\n"
    }
    try desk.push(rows.joined(), key: ["id"])
  }

  private func gated(allowing columns: [String]? = nil) throws -> ComparisonDocument {
    var options = ComparisonOptions()
    options.resamples = 100
    options.gates = ["success >= -90pp"]
    options.missing = .ignore
    options.allowedChanges = columns
    var request = ComparisonRequest(base: "d@1", candidates: ["d@2"])
    request.options = options
    return try desk.service.compare(request) { _ in }.document
  }

  @Test(arguments: [
    ("expected", #"{"expected":"a","seed":1}"#, #"{"expected":"b","seed":1}"#),
    ("expected", #"{"seed":1,"expected":{"x":[1]}}"#, #"{"seed":2,"expected":{"x":[2]}}"#),
    ("gold_answer", #"{"gold_answer":4}"#, #"{"gold_answer":5}"#),
    ("answer_key", #"{"answer_key":["a"]}"#, #"{"answer_key":["b"]}"#),
  ])
  func `a reference answer in a nested column that changed is another item's`(
    member: String, before: String, after: String
  ) throws {
    try push(1) { _ in before }
    try push(2) { item in item < 10 ? after : before }
    let document = try gated()
    let name = "meta.\(member)"
    let finding = try #require(document.findings.first { $0.subject == name })
    #expect(finding.count == 10 && finding.isLeftOut)
    #expect(document.items.count == 30)
    #expect(document.gates.map(\.verdict) == [.undecided])
    #expect(document.gates[0].reason?.contains("--allow-change \(name)") == true)
    #expect(try gated(allowing: [name]).gates.map(\.verdict) == [.passed])
  }

  @Test(arguments: [
    (#""n":1"#, #""n":"x""#), (#""note":null"#, #""n":1"#), (#""n":1,"a":[]"#, #""a":{},"n":1"#),
  ])
  func `a judge is found in objects that share no shape`(some: String, others: String) throws {
    for (run, judge) in [(1, "a"), (2, "b")] {
      try push(run) { item in
        item % 2 == 0
          ? "{\"judge\":\"\(judge)\",\(some)}" : "{\(others),\"judge\":\"\(judge)\"}"
      }
    }
    let gate = try gated().gates[0]
    #expect(gate.verdict == .undecided && gate.reason?.contains("'meta.judge'") == true, "\(gate)")
    #expect(try gated(allowing: ["meta.judge"]).gates.map(\.verdict) == [.passed])
  }

  @Test func `a judge and a reference answer are found in texts that are objects`() throws {
    for (run, judge) in [(1, "a"), (2, "b")] {
      try push(run, asText: true) { item in
        // As json.dumps writes it, in any order, with the same value in another spelling.
        item % 2 == 0
          ? "{\"judge\": \"\(judge)\", \"expected\": 1}"
          : " {\"expected\": 1.0,\n \"judge\": \"\(judge)\"}"
      }
    }
    let document = try gated()
    let gate = document.gates[0]
    #expect(gate.verdict == .undecided && gate.reason?.contains("'meta.judge'") == true, "\(gate)")
    #expect(!document.findings.contains { $0.subject == "meta.expected" })
    #expect(try gated(allowing: ["meta.judge"]).gates.map(\.verdict) == [.passed])
  }

  @Test(arguments: ["no object", "[1]", "7", #"{"judge": "a""#])
  func `a column of texts of which one is no object is none of objects`(other: String) throws {
    for (run, judge) in [(1, "a"), (2, "b")] {
      try push(run, asText: true) { item in
        item == Self.count - 1 ? other : "{\"judge\": \"\(judge)\"}"
      }
    }
    #expect(try gated().gates.map(\.verdict) == [.passed])
  }

  @Test func `a judge is found among more members than a shape has`() throws {
    let many = (0..<80).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
    for (run, judge) in [(1, "a"), (2, "b")] {
      try push(run) { _ in "{\(many),\"judge\":\"\(judge)\"}" }
    }
    #expect(try gated().gates.map(\.verdict) == [.undecided])
  }

  @Test func `numbers within are the same in any spelling, and results are no references`() throws {
    try push(1) { item in "{\"expected\":\(item),\"target\":\"a\",\"seed\":1}" }
    try push(2) { item in "{\"expected\":\(item).0,\"target\":\"b\",\"seed\":2}" }
    let document = try gated()
    #expect(document.items.count == Self.count)
    // A target within may be the model that was asked.
    #expect(document.gates.map(\.verdict) == [.passed], "\(document.gates)")
    #expect(document.findings.allSatisfy { !$0.subject.hasPrefix("meta") })
  }

  @Test func `integers beyond 2^53 are said to be rounded where they are compared`() throws {
    for number in ["9007199254740993", "9007199254740992"] {
      try desk.push(
        (0..<3).map { "{\"id\":\($0),\"n\":\(number)}\n" }.joined(), key: ["id"])
    }
    var request = ComparisonRequest(base: "d@1", candidates: ["d@2"])
    request.options = ComparisonOptions()
    request.options?.higher = ["n"]
    let findings = try desk.service.compare(request) { _ in }.document.findings
    let found = findings.filter { $0.subject == "n" && $0.what.contains("2^53") }
    #expect(found.map(\.count) == [3] && found.map(\.arm) == ["d@1"], "\(findings)")
  }

  @Test func `a trend says in which version a nested reference answer changed`() throws {
    try push(1) { _ in #"{"expected":"a"}"# }
    try push(2) { _ in #"{"expected":"b"}"# }
    let trend = try desk.service.trend(
      of: try DatasetName("d"), TrendRequest(metric: "success"))
    let findings = trend.findings ?? []
    #expect(findings.contains { $0.subject == "meta.expected" }, "\(findings)")
  }
}
