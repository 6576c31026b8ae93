import Scoring
import TestSupport
import Testing

/// Patterns against a backtracking matcher, and the steps that a search takes.
@Suite struct LinearRegexTests {
  private func matches(_ pattern: String, _ text: String) throws -> Bool {
    try LinearRegex(pattern).matches(text)
  }

  @Test(arguments: [
    ("abc", "xabcx", true), ("^abc$", "abc", true), ("^abc$", "abc\n", false),
    ("(?m)^b$", "a\nb\nc", true), ("a.c", "a\nc", false), ("(?s)a.c", "a\nc", true),
    ("a{2,3}", "aa", true), ("^a{2,3}$", "aaaa", false), ("^a{2,}$", "aaaa", true),
    ("a{,2}", "a{,2}", true), ("x{", "x{", true), ("(?i)straße", "STRAßE", true),
    ("(?i)k", "\u{212A}", true), ("(?i)ſ", "s", true), ("(?i:a)b", "Ab", true),
    ("(?i:a)b", "AB", false), ("[a-c]+", "b", true), ("[^a-c]", "b", false), ("[]a]", "]", true),
    ("[a-]", "-", true), ("[\\d-]", "-", true), ("\\bcat\\b", "a cat.", true),
    ("\\bcat\\b", "concat", false), ("\\Bcat", "concat", true), ("\\p{Lu}", "É", true),
    ("\\PL", "é", false), ("\\p{^L}", "1", true), ("[[:alpha:]]+", "abc", true),
    ("[[:^alpha:]]", "abc", false), ("\\x41", "A", true), ("\\x{1F600}", "😀", true),
    ("\\Qa.b\\E+", "a.bb", true), ("\\Qa.b\\E", "axb", false),
    ("^\\Qa|b\\E+$", "a|bb", true), ("^\\Q(a*", "(a*", true), ("(?P<n>a)(?<m>b)", "ab", true),
    ("a|b|", "", true), ("(|a)+", "", true), ("é", "e\u{301}", false), ("\\s", "\u{A0}", false),
    ("^[^\\W\\d]+$", "ab_", true), ("a*?b", "aab", true), ("\\Aa\\z", "a", true),
    ("(?U)a+", "a", true), ("\\.", ".", true), ("^$", "", true), ("[\\x{61}-\\x{63}]", "b", true),
  ])
  func `a pattern means what RE2's syntax says`(pattern: String, text: String, isFound: Bool) throws
  {
    #expect(try matches(pattern, text) == isFound, "\(pattern) on \(text)")
  }

  @Test(arguments: [
    ("(?=a)", "lookahead"), ("(?!a)", "negative lookahead"), ("(?<=a)", "lookbehind"),
    ("(?<!a)", "negative lookbehind"), ("(?>a)", "atomic"), ("(a)\\1", "backreference"),
    ("(?P=n)", "backreference"), ("\\k<n>", "backreference"), ("a++", "possessive"),
    ("(?R)", "recursion"), ("(?(1)a)", "condition"), ("(?#x)", "comment"), ("\\Z", "\\z"),
    ("\\G", "escape"), ("\\K", "escape"), ("\\X", "escape"), ("\\p{Greek}", "general category"),
    ("a**", "repeats another"), ("*a", "nothing to repeat"), ("a{1001}", "at most 1000"),
    ("a{3,2}", "counts down"), ("(a", "no ')'"), ("a)", "no '('"), ("[a", "no ']'"),
    ("[b-a]", "ascend"), ("\\", "backslash"), ("(?x)a", "flag 'x'"),
    ("((a{1000}){1000}){9}", "larger than"), ("[[:word]", "class"), ("\\x{110000}", "character"),
  ])
  func `a pattern that no linear search can do is refused by name`(
    pattern: String, name: String
  ) {
    let fault = #expect(throws: RegexFault.self) { try LinearRegex(pattern) }
    #expect(fault?.message.contains(name) == true, "\(pattern): \(fault?.message ?? "")")
  }

  @Test func `patterns of JSON Schema are read as ECMAScript has them`() throws {
    #expect(try LinearRegex("^\\u00e9\\s$", dialect: .ecma).matches("é\u{A0}"))
    #expect(try !LinearRegex("^.$", dialect: .ecma).matches("\u{2028}"))
    #expect(try LinearRegex("\\p{Letter}", dialect: .ecma).matches("é"))
    #expect(throws: RegexFault.self) { try LinearRegex("\\u00e9") }
  }

  @Test(arguments: 0..<40)
  func `random patterns match as a backtracking matcher says`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<150 {
      let pattern = RandomPattern(&random, depth: 3)
      let regex = try LinearRegex(pattern.text)
      for _ in 0..<8 {
        let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in
          ["a", "b", "c", "\n"].randomElement(using: &random) ?? "a"
        }.joined()
        #expect(
          regex.matches(text) == pattern.matches(text),
          "\(pattern.text) on \(text.debugDescription)")
      }
    }
  }

  @Test(arguments: [
    "(a*)*b", "(a+)+b", "(a|a)*b", "(a?){30}a{30}b", "(.*)(.*)(.*)(.*)b", "(a|aa)+$x",
  ])
  func `a search takes steps in proportion to the text`(pattern: String) throws {
    let regex = try LinearRegex(pattern)
    func steps(_ count: Int) -> Int { regex.search(String(repeating: "a", count: count)).steps }
    let (short, long) = (steps(1_000), steps(10_000))
    // A state is added and taken at most once for each scalar.
    #expect(long <= 2 * regex.size * 10_001)
    #expect(Double(long) <= 10.1 * Double(short) && long >= 9 * short)
  }
}

/// A random regular expression over a, b, c and line breaks, with a matcher that backtracks.
private indirect enum RandomPattern {
  case text(Character)
  case any
  case set([Character], isNegated: Bool)
  case start, end
  case group(RandomPattern)
  case sequence([RandomPattern])
  case either([RandomPattern])
  case times(RandomPattern, Int, Int?)

  init(_ random: inout SeededGenerator, depth: Int) {
    let letters: [Character] = ["a", "b", "c"]
    guard depth > 0 else {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: self = .any
      case 1:
        let some = letters.filter { _ in Bool.random(using: &random) }
        self = .set(some.isEmpty ? ["a"] : some, isNegated: Bool.random(using: &random))
      case 2: self = Bool.random(using: &random) ? .start : .end
      default: self = .text(letters.randomElement(using: &random) ?? "a")
      }
      return
    }
    func inner(_ random: inout SeededGenerator) -> RandomPattern {
      RandomPattern(&random, depth: depth - 1)
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      let least = Int.random(in: 0...2, using: &random)
      let most = Bool.random(using: &random) ? nil : least + Int.random(in: 0...2, using: &random)
      self = .times(.group(inner(&random)), least, most)
    case 1: self = .either((0..<Int.random(in: 1...3, using: &random)).map { _ in inner(&random) })
    default:
      self = .sequence((0..<Int.random(in: 1...3, using: &random)).map { _ in inner(&random) })
    }
  }

  var text: String {
    switch self {
    case .text(let letter): String(letter)
    case .any: "."
    case .set(let letters, let isNegated): "[\(isNegated ? "^" : "")\(String(letters))]"
    case .start: "^"
    case .end: "$"
    case .group(let inner): "(?:\(inner.text))"
    case .sequence(let parts): parts.map { "(?:\($0.text))" }.joined()
    case .either(let parts): "(?:" + parts.map(\.text).joined(separator: "|") + ")"
    case .times(let inner, let least, let most):
      inner.text
        + (most.map { "{\(least),\($0)}" } ?? (least == 0 ? "*" : least == 1 ? "+" : "{2,}"))
    }
  }

  func matches(_ text: String) -> Bool {
    let text = Array(text)
    return (0...text.count).contains { ends(text, from: $0).isEmpty == false }
  }

  /// The places where a match from `start` may end.
  private func ends(_ text: [Character], from start: Int) -> Set<Int> {
    func one(_ holds: (Character) -> Bool) -> Set<Int> {
      start < text.count && holds(text[start]) ? [start + 1] : []
    }
    switch self {
    case .text(let letter): return one { $0 == letter }
    case .any: return one { $0 != "\n" }
    case .set(let letters, let isNegated): return one { letters.contains($0) != isNegated }
    case .start: return start == 0 ? [start] : []
    case .end: return start == text.count ? [start] : []
    case .group(let inner): return inner.ends(text, from: start)
    case .sequence(let parts):
      return parts.reduce([start]) { places, part in
        Set(places.flatMap { part.ends(text, from: $0) })
      }
    case .either(let parts): return Set(parts.flatMap { $0.ends(text, from: start) })
    case .times(let inner, let least, let most):
      var places: Set<Int> = [start]
      for _ in 0..<least { places = Set(places.flatMap { inner.ends(text, from: $0) }) }
      var all = places
      for _ in 0..<(most.map { $0 - least } ?? text.count + 1) {
        places = Set(places.flatMap { inner.ends(text, from: $0) })
        all.formUnion(places)
      }
      return all
    }
  }
}
