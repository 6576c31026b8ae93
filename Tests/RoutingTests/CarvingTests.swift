import Routing
import TestSupport
import Testing

@Suite struct CarvingTests {
  private func weights(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
    var cuts = (1..<count).map { _ in Int.random(in: 0...Bucket.count, using: &generator) }.sorted()
    cuts.append(Bucket.count)
    return zip(cuts, [0] + cuts).map(-)
  }

  @Test(arguments: 0..<50)
  func `what moves is what the shares gain, and each bucket has one owner`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var shares: [Carving.Share] = []
    var owners: [String] = []
    for _ in 0..<5 {
      let count = Int.random(in: 1...5, using: &generator)
      let names = ["a", "b", "c", "d", "e", "f"].shuffled(using: &generator).prefix(count)
      let new = Array(zip(names, weights(count, &generator)).map { (name: $0, weight: $1) })
      let ranges = Carving.ranges(from: shares, to: new)
      var next = [String](repeating: "", count: Bucket.count)
      for (share, ranges) in zip(new, ranges) {
        #expect(ranges.reduce(0) { $0 + $1.count } == share.weight)
        for range in ranges {
          for bucket in range.lower..<range.upper {
            if !next[bucket].isEmpty { Issue.record("bucket \(bucket) has two owners") }
            next[bucket] = share.name
          }
        }
      }
      #expect(!next.contains(""))
      if !owners.isEmpty {
        let moved = zip(owners, next).count { $0 != $1 }
        let gained = new.reduce(0) { sum, share in
          let before = owners.count { $0 == share.name }
          return sum + max(0, share.weight - before)
        }
        #expect(moved == gained)
      }
      owners = next
      shares = zip(new, ranges).map { Carving.Share(name: $0.name, ranges: $1) }
    }
  }

  private func set(_ salt: String, _ weights: [Int]) throws -> RuleSet {
    let variants = zip(["a", "b"], weights).map {
      "{\"name\":\"\($0)\",\"target\":\"\($0)\",\"weight\":\($1)}"
    }
    let rule = """
      {"name":"x","serve":{"split":{"hash_version":1,"salt":"\(salt)","hash_fields":[],
       "variants":[\(variants.joined(separator: ","))]}}}
      """
    return try RuleSet(parsing: Fixture.document(rules: rule))
  }

  @Test func `the share that moves is told before it does`() throws {
    let old = try set("s", [9500, 500])
    #expect(try set("s", [9500, 500]).movement(from: old).isEmpty)
    #expect(
      try set("s", [9000, 1000]).movement(from: old).map(\.basisPoints) == [500])
    let reshuffled = try set("t", [9500, 500]).movement(from: old)
    #expect(reshuffled.map(\.basisPoints) == [950])
    #expect(reshuffled.map(\.cause) == [.reshuffled])
  }

  @Test func `a new salt moves the share that is told`() throws {
    let (old, new) = (
      CompiledRules(try set("s", [7000, 3000])), CompiledRules(try set("t", [6000, 4000]))
    )
    let told = new.set.movement(from: old.set).first?.basisPoints ?? 0
    var moved = 0
    for unit in 0..<20_000 {
      let context = Array("{\"request\":{\"id\":\"u\(unit)\"}}".utf8)
      if try old.decide(context).target.name != new.decide(context).target.name { moved += 1 }
    }
    #expect(abs(Double(moved) / 20_000 - Double(told) / 10_000) < 0.015)
  }
}
