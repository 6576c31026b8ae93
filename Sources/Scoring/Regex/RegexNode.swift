/// A regular expression as it was parsed.
indirect enum RegexNode {
  case empty
  case scalar(ScalarSet)
  case assertion(RegexAssertion)
  case sequence([RegexNode])
  case alternatives([RegexNode])
  /// From `least` to `most` times; without a bound where that is nil.
  case repetition(RegexNode, least: Int, most: Int?)
}

/// A condition on the place between two scalars.
enum RegexAssertion: Sendable {
  case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary

  /// Returns true at a place between these scalars; nil is an end of the text.
  func holds(_ before: Unicode.Scalar?, _ after: Unicode.Scalar?) -> Bool {
    switch self {
    case .textStart: before == nil
    case .textEnd: after == nil
    case .lineStart: before == nil || before == "\n"
    case .lineEnd: after == nil || after == "\n"
    case .wordBoundary: Self.isWord(before) != Self.isWord(after)
    case .notWordBoundary: Self.isWord(before) == Self.isWord(after)
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map { ScalarSet.word.contains($0) } ?? false
  }
}

/// A set of scalars.
struct ScalarSet: Sendable {
  /// A part of a set.
  enum Item: Sendable {
    case range(ClosedRange<Unicode.Scalar>)
    /// Scalars of some general categories, or of all others.
    case categories(Set<Unicode.GeneralCategory>, isNegated: Bool)
    case set(ScalarSet)
  }

  var items: [Item] = []
  var isNegated = false
  /// True when scalars that differ only in case are one.
  var ignoresCase = false

  /// The scalars in `items`.
  init(_ items: [Item], isNegated: Bool = false, ignoresCase: Bool = false) {
    self.items = items
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
  }

  static let digit = ScalarSet([.range("0"..."9")])
  static let word = ScalarSet([
    .range("0"..."9"), .range("A"..."Z"), .range("a"..."z"), .range("_"..."_"),
  ])
  /// RE2's `\s`.
  static let space = ScalarSet([
    .range("\t"..."\n"), .range("\u{C}"..."\r"), .range(" "..." "),
  ])
  /// ECMAScript's `\s`: its white space and line terminators.
  static let ecmaSpace = ScalarSet([
    .range("\t"..."\r"), .range(" "..." "), .range("\u{A0}"..."\u{A0}"),
    .range("\u{FEFF}"..."\u{FEFF}"), .range("\u{2028}"..."\u{2029}"),
    .categories([.spaceSeparator], isNegated: false),
  ])

  /// All scalars but those in this set.
  var complement: ScalarSet {
    var set = self
    set.isNegated.toggle()
    return set
  }

  /// The steps that a look into the set takes, about.
  var cost: Int {
    let own = items.reduce(1) { sum, item in
      switch item {
      case .range: sum + 1
      case .categories: sum + 10
      case .set(let set): sum + set.cost
      }
    }
    return ignoresCase ? own * 8 + 100 : own
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let isIn =
      has(scalar)
      || (ignoresCase && Self.cases(of: scalar).contains { has($0) })
    return isIn != isNegated
  }

  private func has(_ scalar: Unicode.Scalar) -> Bool {
    items.contains { item in
      switch item {
      case .range(let range): range.contains(scalar)
      case .categories(let categories, let isNegated):
        categories.contains(scalar.properties.generalCategory) != isNegated
      case .set(let set): set.contains(scalar)
      }
    }
  }

  /// The scalars that differ from `scalar` only in case.
  private static func cases(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    let lower = single(scalar.properties.lowercaseMapping)
    let upper = single(scalar.properties.uppercaseMapping)
    let others = [
      lower, upper, lower.flatMap { single($0.properties.uppercaseMapping) },
      upper.flatMap { single($0.properties.lowercaseMapping) },
    ]
    return others.compactMap(\.self) + (rest[scalar] ?? [])
  }

  /// The scalars that no mapping of the other one leads to: the Kelvin and Ångström signs and
  /// others whose lower or upper case is shared.
  private static let rest: [Unicode.Scalar: [Unicode.Scalar]] = {
    var rest: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    for group in [
      "kK\u{212A}", "sS\u{17F}", "åÅ\u{212B}", "µ\u{3BC}\u{39C}", "ßẞ", "ǆǅǄ", "ǉǈǇ", "ǌǋǊ",
      "ǳǲǱ", "\u{345}\u{3B9}\u{399}\u{1FBE}", "βϐΒ", "εϵΕ", "θϑΘ\u{3F4}", "κϰΚ", "πϖΠ", "ρϱΡ",
      "σςΣ", "φϕΦ", "ωΩ\u{2126}", "ṡẛṠ", "вᲀВ", "дᲁД", "оᲂО", "сᲃС", "тᲄᲅТ", "ъᲆЪ", "ѣᲇѢ",
      "ꙋᲈꙊ",
    ] {
      let scalars = Array(group.unicodeScalars)
      for scalar in scalars { rest[scalar] = scalars }
    }
    return rest
  }()

  private static func single(_ text: String) -> Unicode.Scalar? {
    let scalars = text.unicodeScalars
    return scalars.count == 1 ? scalars.first : nil
  }
}
