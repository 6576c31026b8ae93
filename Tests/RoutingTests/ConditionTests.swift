import Model
import Routing
import Testing

@Suite struct ConditionTests {
  /// In a context of a text "né", an integer 3, a fraction 2.5, true, null, a list and an object.
  static let context = #"""
    {"metadata": {"s": "n\u00e9", "i": 3, "f": 2.5, "b": true, "z": null, "l": ["s"], "o": {"x": 1},
     "big": 9007199254740993, "one": 1.0}}
    """#

  @Test(arguments: [
    (#"{"metadata.s": {"$eq": "né"}}"#, Truth.true),
    (#"{"metadata.s": {"$eq": "ne\u0301"}}"#, .false),
    (#"{"metadata.s": {"$prefix": "n"}}"#, .true),
    (#"{"metadata.s": {"$suffix": "é"}}"#, .true),
    (#"{"metadata.s": {"$contains": "e"}}"#, .false),
    (#"{"metadata.s": {"$contains": "né"}}"#, .true),
    (#"{"metadata.s": {"$contains": "xné"}}"#, .false),
    (#"{"metadata.s": {"$gt": "m"}}"#, .true),
    (#"{"metadata.s": {"$lt": "n"}}"#, .false),
    (#"{"metadata.s": {"$gt": 1}}"#, .unknown),
    (#"{"metadata.s": {"$in": ["a", "né"]}}"#, .true),
    (#"{"metadata.s": {"$in": ["a", "ne"]}}"#, .false),
    (#"{"metadata.s": {"$in": [1, true]}}"#, .unknown),
    (#"{"metadata.s": {"$nin": ["a", "b"]}}"#, .true),
    (#"{"metadata.s": {"$nin": [1]}}"#, .unknown),
    (#"{"metadata.i": {"$eq": 3}}"#, .true),
    (#"{"metadata.i": {"$eq": "3"}}"#, .unknown),
    (#"{"metadata.i": {"$eq": true}}"#, .unknown),
    (#"{"metadata.i": {"$ne": "3"}}"#, .unknown),
    (#"{"metadata.i": {"$gte": 3, "$lte": 3}}"#, .true),
    (#"{"metadata.i": {"$prefix": "3"}}"#, .unknown),
    (#"{"metadata.f": {"$gt": 2, "$lt": 3}}"#, .true),
    (#"{"metadata.f": {"$eq": 2}}"#, .false),
    (#"{"metadata.one": {"$eq": 1}}"#, .true),
    (#"{"metadata.big": {"$gt": 9007199254740991}}"#, .true),
    (#"{"metadata.b": {"$eq": true}}"#, .true),
    (#"{"metadata.b": {"$eq": 1}}"#, .unknown),
    (#"{"metadata.b": {"$ne": false}}"#, .true),
    (#"{"metadata.z": {"$eq": "x"}}"#, .unknown),
    (#"{"metadata.z": {"$exists": true}}"#, .false),
    (#"{"metadata.z": {"$exists": false}}"#, .true),
    (#"{"metadata.none": {"$exists": true}}"#, .false),
    (#"{"metadata.none": {"$ne": "x"}}"#, .unknown),
    (#"{"metadata.l": {"$exists": true}}"#, .true),
    (#"{"metadata.l": {"$contains": "s"}}"#, .unknown),
    (#"{"metadata.o": {"$exists": true}}"#, .true),
    (#"{"metadata.o.x": {"$eq": 1}}"#, .true),
    (#"{"metadata.o.x": {"$eq": 1}, "metadata.o": {"$exists": true}}"#, .true),
    (#"{"metadata.s.x": {"$exists": true}}"#, .false),
    (#"{"$not": {"metadata.none": {"$eq": 1}}}"#, .unknown),
  ])
  func `a test is true, false or unknown`(condition: String, truth: Truth) throws {
    #expect(try Fixture.truth(condition, Self.context) == truth)
  }

  static let values: [(String, Truth)] = [
    (#"{"metadata.i": {"$eq": 3}}"#, .true), (#"{"metadata.l": {"$exists": false}}"#, .false),
    (#"{"metadata.none": {"$eq": 3}}"#, .unknown),
  ]

  @Test func `and, or and not keep to Kleene's tables`() throws {
    for (left, leftTruth) in Self.values {
      #expect(try Fixture.truth("{\"$not\": \(left)}", Self.context) == !leftTruth)
      for (right, rightTruth) in Self.values {
        let (both, either) = (min(leftTruth, rightTruth), max(leftTruth, rightTruth))
        #expect(try Fixture.truth("{\"$and\": [\(left), \(right)]}", Self.context) == both)
        #expect(try Fixture.truth("{\"$or\": [\(left), \(right)]}", Self.context) == either)
        #expect(
          try Fixture.truth(
            "{\"$not\": {\"$or\": [{\"$not\": \(left)}, {\"$not\": \(right)}]}}", Self.context)
            == both, "De Morgan's law")
      }
    }
  }

  @Test func `principal counts only when it comes from someone trusted`() throws {
    let rule = Fixture.rule("x", when: #"{"principal.plan": {"$eq": "pro"}}"#)
    let rules = CompiledRules(try RuleSet(parsing: Fixture.document(rules: rule)))
    let context = Array(#"{"principal": {"plan": "pro"}}"#.utf8)
    #expect(try rules.decide(context).checked == [.true])
    #expect(try rules.decide(context, trusting: false).checked == [.unknown])
  }

  @Test(arguments: [
    (#"[]"#, 0, "a context is a JSON object"),
    (#"{"metadata": {"i": 1, "i": 2}}"#, 26, "a member of the context is given twice"),
    (#"{"metadata": {"i": 1}, "metadata": {}}"#, 34, "a member of the context is given twice"),
    (#"{"metadata": {"i": 1}"#, 21, "',' or '}' is expected here"),
    (#"{"x": {"y": nul}}"#, 15, "a value is expected here"),
  ])
  func `a context that is none is refused`(context: String, offset: Int, message: String) throws {
    let rule = Fixture.rule("x", when: #"{"metadata.i": {"$eq": 1}}"#)
    let rules = CompiledRules(try RuleSet(parsing: Fixture.document(rules: rule)))
    do throws(JSONFault) {
      _ = try rules.decide(Array(context.utf8))
      Issue.record("it was taken")
    } catch {
      #expect(error.message == message)
      #expect(error.offset == offset)
    }
  }
}
