package import Routing

extension RandomRules {
  /// Names that are easy to get wrong: escapes, and two that look alike.
  private static let names = [
    "a", "b-2", "é", "e\u{301}", "two words", "\"quoted\"", "back\\slash", "line\nbreak", "\u{1}",
    "😀", "mid/1", "long-c",
  ]
  private static let classes = [
    "timeout", "connect", "rate_limited", "server_error", "context_length_exceeded",
    "content_filtered", "schema_invalid",
  ]
  private static let rest = [
    #""timeouts":{"connect_ms":2000,"ttft_ms":5000}"#,
    #""retry":{"max_retries":2,"base_ms":100,"jitter":"full","on":["rate_limited"]}"#,
    #""cooldown":{"window_s":60,"min_requests":20,"failure_percent":50,"cooldown_s":30}"#,
    #""inputs":{"trusted":["principal"],"untrusted":["request","metadata","headers"]}"#,
    #""comment":"why, in a sentence""#, #""parent_version":0"#,
  ]

  /// A sound document.
  /// - Parameter route: The router's name.
  /// - Throws: ``RuleFaults`` when what should be sound is refused.
  package mutating func document(route: String = "r") throws(RuleFaults) -> RandomDocument {
    while true {
      let document = draw(route)
      // Random conditions may be in each other's way; then another is drawn.
      if try document.isReachable { return document }
    }
  }

  private mutating func draw(_ route: String) -> RandomDocument {
    // Members of one object that look alike are refused, as if one were given twice.
    let targets = some(
      Self.names.filter { !$0.utf8.elementsEqual("e\u{301}".utf8) }, 1..<5)
    let count = number(0..<7)
    let names = some(Self.names, count..<(count + 1))
    let rules = names.enumerated().map { place, name in
      RandomDocument.Rule(
        name: name, isEnabled: number(0..<6) > 0,
        condition: place + 1 == count && number(0..<4) == 0 ? nil : condition(depth: 2),
        serve: serve(targets), fallbacks: fallbacks(targets), shadows: shadows(targets))
    }
    return RandomDocument(
      route: route, targets: targets, rules: rules, fallback: pick(targets),
      chain: fallbacks(targets), rest: some(Self.rest, 0..<4))
  }

  /// Different items, so many of them.
  private mutating func some<Item>(_ items: [Item], _ count: Range<Int>) -> [Item] {
    Array(items.shuffled(using: &generator).prefix(number(count)))
  }

  private mutating func serve(_ targets: [String]) -> RandomDocument.Serve {
    guard number(0..<2) == 0 else { return .target(pick(targets)) }
    let count = number(1..<5)
    let cuts = [0] + (1..<count).map { _ in number(0..<10_001) }.sorted() + [10_000]
    // Where the document has no ranges they follow each other in the order of the variants.
    var pieces = (0..<count).map { [cuts[$0]..<cuts[$0 + 1]].filter { !$0.isEmpty } }
    let hasRanges = number(0..<2) == 0
    if hasRanges {
      pieces.shuffle(using: &generator)
      let giver = number(0..<count)
      if let last = pieces[giver].last, last.count > 1 {
        let middle = number(last.lowerBound + 1..<last.upperBound)
        pieces[giver] = [middle..<last.upperBound, last.lowerBound..<middle]
      }
    }
    let variants = zip(some(Self.names, count..<(count + 1)), pieces).map { name, ranges in
      RandomDocument.Variant(
        name: name, target: pick(targets), weight: ranges.reduce(0) { $0 + $1.count },
        ranges: ranges)
    }
    let fields = some(Self.paths + ["principal.user", "request.id"], 0..<4)
    return .split(
      RandomDocument.Split(
        salt: "salt/\(number(0..<1_000_000_000))", fields: fields, variants: variants,
        hasRanges: hasRanges))
  }

  private mutating func fallbacks(_ targets: [String]) -> [RandomDocument.Fallback] {
    some(targets, 0..<3).map {
      RandomDocument.Fallback(target: $0, classes: some(Self.classes, 1..<4))
    }
  }

  private mutating func shadows(_ targets: [String]) -> [RandomDocument.Shadow] {
    (0..<max(0, number(-2..<3))).map { _ in
      RandomDocument.Shadow(
        target: pick(targets), sample: pick([0, 10_000, 5000, number(0..<10_001)]),
        salt: "shadow/\(number(0..<1_000_000_000))")
    }
  }
}
