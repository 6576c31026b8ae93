import Model
import Routing
import TestSupport
import Testing

@Suite struct DecisionTests {
  @Test(arguments: 0..<300)
  func `compiled rules decide as the plainest reading does`(seed: Int) throws {
    var random = RandomRules(seed: seed)
    let conditions = (0..<random.number(1..<6)).map { _ in random.condition() }
    let rules = conditions.enumerated().map {
      Fixture.rule("r\($0)", when: $1.json, target: "t\($0)")
    }
    let targets = ["a"] + conditions.indices.map { "t\($0)" }
    let set: RuleSet
    do throws(RuleFaults) {
      set = try RuleSet(
        parsing: Fixture.document(rules: rules.joined(separator: ","), targets: targets))
    } catch {
      // Random conditions may be in each other's way, and nothing else may be wrong.
      #expect(error.faults.allSatisfy { $0.message.contains("never reached") }, "\(error)")
      return
    }
    #expect(set.rules.map(\.condition.json) == conditions.map(\.json))
    let compiled = CompiledRules(set)
    for _ in 0..<50 {
      let context = random.context()
      let truths = conditions.map { $0.truth(context) }
      let first = truths.firstIndex(of: .true)
      let decision = try compiled.decide(Array(context.json.utf8))
      #expect(decision.checked == Array(truths[...(first ?? truths.count - 1)]))
      #expect(decision.target.name == (first.map { "t\($0)" } ?? "a"))
      #expect(decision.ruleIndex == first)
      #expect(decision.reason == (first == nil ? .fallback : .match))
    }
  }

  @Test(arguments: 0..<300)
  func `whole documents are decided as the plainest reading does, byte by byte`(seed: Int) throws {
    var random = RandomRules(seed: seed)
    let document = try random.document()
    let set = try document.ruleSet
    let rules = CompiledRules(set)
    // What a store gives back.
    let stored = CompiledRules(try RuleSet(parsing: set.json.canonicalBytes))
    #expect(stored.set.digest == set.digest)
    for number in 0..<30 {
      let context = random.context()
      let isTrusted = random.number(0..<4) > 0
      let id = "d\(number)"
      let expected = document.decision(context, name: (id, "decision.id"), trusting: isTrusted)
      let bytes = Array(context.json.utf8)
      for rules in [rules, stored] {
        let decision = try rules.decide(bytes, trusting: isTrusted, unit: .decision(id))
        let live = try LiveRules(rules).decide(bytes, trusting: isTrusted, unit: .decision(id))
        #expect(live.rollout == nil)
        #expect(decision.json == expected.json, "\(context.json)")
        #expect(live.decision.json == expected.json, "\(context.json)")
        #expect(decision.unit == expected.unit.map { Array($0.text.utf8) })
      }
    }
  }

  @Test(arguments: 0..<100)
  func `during a ramp a unit is decided by the version it has reached`(seed: Int) throws {
    var random = RandomRules(seed: 1000 + seed)
    let (old, new) = (try random.document(), try random.document())
    let (before, after) = (try old.ruleSet, try new.ruleSet)
    let paths = ["principal.user", "metadata.s", "request.id", "targetingKey"]
    let fields = Array(paths.prefix(random.number(0..<3)))
    let ramp = try #require(
      Ramp(steps: [2500, 7500], seconds: 60, salt: "r@2", fields: fields.map { FieldPath($0) }))
    let live = LiveRules(CompiledRules(after), over: CompiledRules(before), along: ramp)
    for number in 0..<30 {
      let context = random.context()
      let (id, isLate) = ("d\(number)", random.number(0..<2) == 1)
      var unit = id
      for path in (fields + paths.suffix(2)).reversed() {
        if case .text(let text)? = context[path.split(separator: ".")[...]], !text.isEmpty {
          unit = text
        }
      }
      let share = isLate ? 7500 : 2500
      let isNew = Bucket.of(unit, salt: "r@2", for: .rollout) < share
      let expected = (isNew ? new : old).decision(context, name: (id, "decision.id"))
      let (decision, rollout) = try live.decide(
        Array(context.json.utf8), unit: .decision(id), afterMicroseconds: isLate ? 60_000_000 : 0)
      #expect(rollout?.unit == Array(unit.utf8))
      #expect(decision.json == expected.json, "\(context.json)")
      #expect(decision.rules.set.digest == (isNew ? after : before).digest)
    }
  }

  @Test func `a target is not its own fallback`() throws {
    let rules = CompiledRules(try Fixture.example())
    let context = #"{"principal": {"plan": "free", "user_id": "u0"}, "request": {"id": "r"}}"#
    let decision = try rules.decide(Array(context.utf8))
    #expect(decision.target.name == "mid-a")
    #expect(decision.fallbacks.isEmpty)
    let other = try rules.decide(Array("{}".utf8))
    #expect(other.fallbacks.map(\.target) == ["mid-b"])
  }

  @Test func `a unit is the first field with text, then the request, then the decision`() throws {
    let rule = """
      {"name":"x","serve":{"split":{"hash_version":1,"salt":"s",
       "hash_fields":["principal.a","metadata.b"],
       "variants":[{"name":"v","target":"a","weight":10000}]}}}
      """
    let rules = CompiledRules(try RuleSet(parsing: Fixture.document(rules: rule)))
    func source(_ context: String) throws -> String? {
      try rules.decide(Array(context.utf8), unit: .decision("d")).unitSource
    }
    #expect(try source(#"{"principal": {"a": "x"}, "metadata": {"b": "y"}}"#) == "principal.a")
    #expect(try source(#"{"principal": {"a": ""}, "metadata": {"b": "y"}}"#) == "metadata.b")
    #expect(try source(#"{"principal": {"a": 7}, "request": {"id": "r"}}"#) == "request.id")
    #expect(try source(#"{"targetingKey": "k", "request": {"id": "r"}}"#) == "request.id")
    #expect(try source(#"{"targetingKey": "k", "request": {"id": ""}}"#) == "targetingKey")
    #expect(try source("{}") == "decision.id")
    let (left, right) = (
      try rules.decide(Array("{}".utf8), unit: .decision("user-1")),
      Bucket.of("user-1", salt: "s", for: .split)
    )
    #expect(left.bucket == right)
  }

  @Test func `units spread evenly over the buckets`() {
    var counts = [Int](repeating: 0, count: 100)
    let units = 200_000
    for unit in 0..<units {
      counts[Bucket.of("unit-\(unit)", salt: "even", for: .split) / 100] += 1
    }
    let expected = Double(units) / 100
    let chiSquare = counts.reduce(0.0) { sum, count in
      sum + (Double(count) - expected) * (Double(count) - expected) / expected
    }
    // 99 degrees of freedom: below 148.2 with probability 0.999.
    #expect(chiSquare < 148.2)
  }

  @Test func `a ramp moves units one way, by its share`() throws {
    let old = CompiledRules(
      try RuleSet(parsing: Fixture.document(rules: Fixture.rule("x", when: "{}"))))
    let new = CompiledRules(
      try RuleSet(parsing: Fixture.document(rules: Fixture.rule("x", when: "{}", target: "a"))))
    let ramp = try #require(
      Ramp(
        steps: [100, 500, 2500, 10000], seconds: 3600, salt: "r",
        fields: [FieldPath("principal.id")]))
    let live = LiveRules(new, over: old, along: ramp)
    var before: Set<Int> = []
    for (hour, share) in [100, 500, 2500, 10000, 10000].enumerated() {
      let elapsed = Int64(hour) * 3_600_000_000 + 1
      #expect(ramp.share(afterMicroseconds: elapsed) == share)
      var moved: Set<Int> = []
      for unit in 0..<4000 {
        let context = Array("{\"principal\":{\"id\":\"u\(unit)\"}}".utf8)
        let decision = try live.decide(context, afterMicroseconds: elapsed).decision
        if decision.rules.set.digest == new.set.digest { moved.insert(unit) }
      }
      #expect(abs(Double(moved.count) / 4000 - Double(share) / 10000) < 0.03)
      #expect(moved.isSuperset(of: before))
      before = moved
    }
  }

  @Test(arguments: [[], [10000, 10000], [20000], [500, 100, 10000], [0, 10000]])
  func `a ramp that does not grow is none`(steps: [Int]) {
    #expect(Ramp(steps: steps, seconds: 60, salt: "", fields: []) == nil)
  }
}
