import Model
import Routing
import TestSupport
import Testing

@Suite struct RuleSetTests {
  private func split(_ variants: String, salt: String = "s", name: String = "x") -> String {
    """
    {"name":"\(name)","serve":{"split":{"hash_version":1,"salt":"\(salt)","hash_fields":[],
     "variants":[\(variants)]}}}
    """
  }

  private func variant(_ name: String, _ weight: Int, _ ranges: String = "") -> String {
    let member = ranges.isEmpty ? "" : ",\"ranges\":\(ranges)"
    return "{\"name\":\"\(name)\",\"target\":\"a\",\"weight\":\(weight)\(member)}"
  }

  @Test func `the example is sound`() throws {
    let set = try Fixture.example()
    #expect(set.route == "support-reply")
    #expect(set.parentVersion == 16)
    #expect(set.targets.map(\.name) == ["long-c", "mid-a", "mid-b"])
    #expect(set.rules.map(\.name) == ["long-context", "paid-pinned", "free-split"])
    #expect(set.gate?.nonInferiority.first?.marginPPM == 20000)
  }

  @Test func `the canonical form is read as the same rule set`() throws {
    let set = try Fixture.example()
    #expect(try RuleSet(parsing: set.json.canonicalBytes) == set)
  }

  @Test func `all faults are told at once`() {
    let document = Fixture.document(
      rules: [
        Fixture.rule("x", when: #"{"user.plan": {"$eq": "a"}, "request.n": {"$gr": 1}}"#),
        Fixture.rule("x", when: #"{"metadata.n": {"$lt": 1.5}}"#, target: "c"),
        #"{"name":"y","serve":{"target":"a","split":{}},"wen":{}}"#,
        split(variant("v", 5000) + "," + variant("v", 4999), name: "z"),
      ].joined(separator: ","), rest: #","extra":true"#)
    #expect(
      Set(Fixture.faults(document)) == [
        "/extra: is not known here; there are comment, cooldown, default, gates, inputs, parent_version, retry, route and 4 more",
        "/rules/0/when/user.plan: 'user.plan' begins with no known root; there are principal.…, request.…, metadata.…, headers.…",
        "/rules/0/when/request.n/$gr: is not an operator; did you mean $gt?",
        "/rules/1/when/metadata.n/$lt: is not an integer: write a smaller unit (ppm, basis points) or a text",
        "/rules/1/serve/target: there is no target 'c'; did you mean a or b?",
        "/rules/1/name: is the second rule named 'x'",
        "/rules/2/wen: is not known here; did you mean when?",
        "/rules/2/serve: has to have one of target and split",
        "/rules/3/serve/split/variants: has weights that sum to 9999, not 10000",
        "/rules/3/serve/split/variants/1/name: is the second variant named 'v'",
        "/rules/3: is never reached: 'y' before it is true whenever this is",
      ])
  }

  @Test(arguments: [
    ("[[0,4000]]", "[[4000,10000]]", "hold 4000 buckets, but the weight is 5000"),
    ("[[0,5000]]", "[[4000,9000]]", "gives the buckets 4000 up to 5000 twice"),
    ("[[0,5000]]", "[[5001,10001]]", "is not in 0…10000"),
    ("[[1,5001]]", "[[5001,10000],[0,1]]", ""),
    ("[[0,4999],[5000,5001]]", "[[5001,10000],[0,1]]", "twice"),
    ("[[0,5000]]", "", "has ranges for some variants only"),
  ])
  func `ranges have to hold each bucket once`(left: String, right: String, fault: String) {
    let document = Fixture.document(
      rules: split(variant("v", 5000, left) + "," + variant("w", 5000, right)))
    let faults = Fixture.faults(document)
    #expect(fault.isEmpty ? faults.isEmpty : faults.contains { $0.contains(fault) }, "\(faults)")
  }

  @Test(arguments: [
    (#"{"principal.a": {"$eq": 1}}"#, #"{"principal.a": {"$eq": 1}}"#, true),
    (
      #"{"principal.a": {"$eq": 1}}"#, #"{"principal.a": {"$eq": 1}, "principal.b": {"$eq": 1}}"#,
      true
    ),
    (#"{"principal.a": {"$eq": 1}}"#, #"{"$and": [{"principal.a": {"$eq": 1, "$ne": 2}}]}"#, true),
    (#"{}"#, #"{"principal.a": {"$eq": 1}}"#, true),
    (#"{"principal.a": {"$eq": 1}}"#, #"{}"#, false),
    (#"{"principal.a": {"$eq": "caf\u00e9"}}"#, #"{"principal.a": {"$eq": "cafe\u0301"}}"#, false),
    (#"{"principal.a": {"$eq": 1}}"#, #"{"principal.a": {"$eq": 2}}"#, false),
  ])
  func `a rule behind one that takes all of its requests is refused`(
    earlier: String, later: String, isBlocked: Bool
  ) {
    let document = Fixture.document(
      rules: Fixture.rule("x", when: earlier) + "," + Fixture.rule("y", when: later))
    let fault = "/rules/1: is never reached: 'x' before it is true whenever this is"
    #expect(Fixture.faults(document) == (isBlocked ? [fault] : []))
  }

  @Test(arguments: [
    (#"{"principal.a": {"$eq": 1, "$ne": 1}}"#, true),
    (#"{"$and": [{"principal.a": {"$eq": 1}}, {"principal.a": {"$eq": 2}}]}"#, true),
    (#"{"$and": [{"principal.a": {"$eq": 1}}, {"principal.b": {"$eq": 2}}]}"#, false),
    (#"{"principal.a": {"$eq": 1, "$prefix": "x"}}"#, true),
    (#"{"principal.a": {"$in": [1, "x"], "$prefix": "x"}}"#, false),
    (#"{"principal.a": {"$in": [1, 2], "$nin": [1, 2, 3]}}"#, true),
    (#"{"principal.a": {"$gt": 5, "$lt": 6}}"#, false),
    (#"{"principal.a": {"$gt": 5, "$lte": 5}}"#, true),
    (#"{"principal.a": {"$gte": 5, "$lte": 5}}"#, false),
    (#"{"principal.a": {"$gte": "b", "$lt": "a"}}"#, true),
    (#"{"principal.a": {"$gte": "b", "$lt": 1}}"#, true),
    (#"{"principal.a": {"$exists": false, "$ne": 1}}"#, true),
    (#"{"principal.a": {"$exists": true, "$ne": 1}}"#, false),
    (#"{"principal.a": {"$prefix": "ab", "$suffix": "c"}}"#, false),
    (#"{"$and": [{"principal.a": {"$prefix": "ab"}}, {"principal.a": {"$prefix": "a"}}]}"#, false),
    (#"{"$and": [{"principal.a": {"$prefix": "ab"}}, {"principal.a": {"$prefix": "b"}}]}"#, true),
    (
      #"{"$or": [{"principal.a": {"$eq": 1, "$gt": 1}}, {"principal.a": {"$eq": 1, "$lt": 1}}]}"#,
      true
    ),
    (#"{"$or": [{"principal.a": {"$eq": 1, "$gt": 1}}, {"principal.a": {"$eq": 1}}]}"#, false),
  ])
  func `a rule whose tests of a field exclude each other is refused`(
    condition: String, isImpossible: Bool
  ) {
    let faults = Fixture.faults(Fixture.document(rules: Fixture.rule("x", when: condition)))
    let fault = "/rules/0: is never reached: no value of 'principal.a' passes all of its tests"
    #expect(faults == (isImpossible ? [fault] : []))
  }

  @Test(arguments: 0..<400)
  func `a rule that is refused for its tests is true of no value`(seed: Int) {
    var random = RandomRules(seed: 7000 + seed)
    let field = FieldPath("metadata.s")
    let tests = (0..<random.number(2..<5)).map { _ in Condition.test(field, random.test()) }
    let condition = Condition.all(tests)
    let faults = Fixture.faults(Fixture.document(rules: Fixture.rule("x", when: condition.json)))
    #expect(faults.allSatisfy { $0.contains("no value of 'metadata.s'") }, "\(faults)")
    let isTrue = RandomRules.values.contains { value in
      condition.truth(.object([("metadata", .object([("s", value)]))])) == .true
    }
    // Of these values, which are all that random tests speak of, and what lies between them.
    #expect(!isTrue || faults.isEmpty)
  }

  @Test func `a disabled rule is in nobody's way`() throws {
    let first = #"{"name":"x","enabled":false,"serve":{"target":"b"}}"#
    let document = Fixture.document(rules: first + "," + Fixture.rule("y", when: "{}"))
    let decision = try CompiledRules(RuleSet(parsing: document)).decide(Array("{}".utf8))
    #expect(decision.ruleName == "y")
    #expect(decision.ruleIndex == 1)
    #expect(decision.checked == [.true])
  }

  @Test func `a split without ranges gets those of its parent with the fewest moves`() throws {
    let parent = try RuleSet(
      parsing: Fixture.document(rules: split(variant("v", 9500) + "," + variant("w", 500))))
    let document = Fixture.document(rules: split(variant("v", 9000) + "," + variant("w", 1000)))
    let set = try RuleSet(parsing: document, over: parent)
    guard case .split(let split) = set.rules[0].serve else {
      Issue.record("it is a split")
      return
    }
    #expect(split.variants.map(\.ranges) == [[BucketRange(0, 9000)], [BucketRange(9000, 10000)]])
    #expect(
      try RuleSet(parsing: set.json.canonicalBytes) == set, "the ranges are part of the document")
    #expect(set.digest == Digest(hashing: set.json.canonicalBytes))
  }

  @Test func `headers are named in lower case`() {
    let document = Fixture.document(
      rules: Fixture.rule("x", when: #"{"headers.X-A": {"$exists": true}}"#))
    #expect(
      Fixture.faults(document) == [
        "/rules/0/when/headers.X-A: names of headers are in lower case here"
      ])
  }
}
