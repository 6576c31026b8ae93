/// Reads the text of a regular expression.
struct RegexParser {
  /// The letters that change how a pattern is read.
  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotTakesNewline = false
  }

  let scalars: [Unicode.Scalar]
  let dialect: LinearRegex.Dialect
  var position = 0
  var flags = Flags()
  /// True between `\Q` and `\E`, where every scalar is itself.
  var isQuoting = false
  private var depth = 0

  /// As deep as groups may be nested.
  private static let depthLimit = 200
  /// As often as a counted repetition may repeat, as in RE2.
  private static let countLimit = 1_000

  init(_ pattern: String, _ dialect: LinearRegex.Dialect) {
    scalars = Array(pattern.unicodeScalars)
    self.dialect = dialect
  }

  mutating func parse() throws(RegexFault) -> RegexNode {
    let node = try alternatives()
    guard position == scalars.count else { throw fault("a ')' has no '('") }
    return node
  }

  func fault(_ message: String, at offset: Int? = nil) -> RegexFault {
    RegexFault(offset: offset ?? position, message: message)
  }

  var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private mutating func alternatives() throws(RegexFault) -> RegexNode {
    guard depth < Self.depthLimit else {
      throw fault("groups are nested deeper than \(Self.depthLimit)")
    }
    depth += 1
    defer { depth -= 1 }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .alternatives(branches)
  }

  private mutating func sequence() throws(RegexFault) -> RegexNode {
    var nodes: [RegexNode] = []
    while let scalar = next, isQuoting || (scalar != "|" && scalar != ")") {
      let start = position
      guard let node = try atom() else { continue }
      nodes.append(try repeated(node, from: start))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  /// An item that can be repeated; nil for one that only changes flags.
  private mutating func atom() throws(RegexFault) -> RegexNode? {
    let start = position
    guard let scalar = next else { return nil }
    if isQuoting, take("\\E") {
      isQuoting = false
      return nil
    }
    position += 1
    if isQuoting { return .scalar(literal(scalar)) }
    switch scalar {
    case "(": return try group(from: start)
    case "[": return .scalar(try characterClass(from: start))
    case ".": return .scalar(dot)
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "\\": return try escape(from: start)
    case "*", "+", "?": throw fault("'\(scalar)' has nothing to repeat", at: start)
    case "{":
      position = start
      if try counts() != nil { throw fault("a repetition has nothing to repeat", at: start) }
      position = start + 1
      return .scalar(literal(scalar))
    default: return .scalar(literal(scalar))
    }
  }

  func literal(_ scalar: Unicode.Scalar) -> ScalarSet {
    ScalarSet([.range(scalar...scalar)], ignoresCase: flags.ignoresCase)
  }

  private var dot: ScalarSet {
    if flags.dotTakesNewline { return ScalarSet([], isNegated: true) }
    let ends: [ScalarSet.Item] =
      dialect == .re2
      ? [.range("\n"..."\n")]
      : [.range("\n"..."\n"), .range("\r"..."\r"), .range("\u{2028}"..."\u{2029}")]
    return ScalarSet(ends, isNegated: true)
  }

  /// The node with the repetition that follows it.
  private mutating func repeated(
    _ node: RegexNode, from start: Int
  ) throws(RegexFault) -> RegexNode {
    if isQuoting {
      guard take("\\E") else { return node }
      isQuoting = false
    }
    let place = position
    guard let (least, most) = try repetition() else { return node }
    guard least <= Self.countLimit, most ?? 0 <= Self.countLimit else {
      throw fault("a repetition counts to at most \(Self.countLimit)", at: place)
    }
    guard most.map({ $0 >= least }) ?? true else {
      throw fault("a repetition counts down", at: place)
    }
    // A lazy one finds another match, not more of them.
    _ = take("?")
    if next == "+" { throw fault("possessive repetition '+' behind a repetition is not linear") }
    let again = position
    if try repetition() != nil { throw fault("a repetition repeats another; use (?:…)", at: again) }
    return .repetition(node, least: least, most: most)
  }

  private mutating func repetition() throws(RegexFault) -> (least: Int, most: Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    return try counts()
  }

  /// `{2}`, `{2,}` or `{2,5}`; nil, and nothing taken, for other text.
  private mutating func counts() throws(RegexFault) -> (least: Int, most: Int?)? {
    let start = position
    guard take("{"), let least = number() else {
      position = start
      return nil
    }
    if take("}") { return (least, least) }
    guard take(",") else {
      position = start
      return nil
    }
    if take("}") { return (least, nil) }
    guard let most = number(), take("}") else {
      position = start
      return nil
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = next, ("0"..."9").contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit.value - 0x30), 1 << 30)
      position += 1
    }
    return value
  }

  private mutating func group(from start: Int) throws(RegexFault) -> RegexNode? {
    let outer = flags
    if take("?") {
      if let refusal = try refusedGroup() { throw fault(refusal, at: start) }
      if take("P<") || take("<") {
        while let scalar = next, scalar != ">" {
          guard ScalarSet.word.contains(scalar) else { throw fault("a name is made of letters") }
          position += 1
        }
        guard take(">") else { throw fault("the name of a group has no end", at: start) }
      } else if !take(":") {
        guard try changeFlags(from: start) else { return nil }
      }
    }
    let node = try alternatives()
    guard take(")") else { throw fault("a '(' has no ')'", at: start) }
    flags = outer
    return node
  }

  /// The name of what a group is that no linear search can do; nil for other groups.
  private func refusedGroup() throws(RegexFault) -> String? {
    let refused: [(String, String)] = [
      ("=", "lookahead (?=…)"), ("!", "negative lookahead (?!…)"), ("<=", "lookbehind (?<=…)"),
      ("<!", "negative lookbehind (?<!…)"), (">", "an atomic group (?>…)"),
      ("P=", "a backreference (?P=…)"), ("P>", "recursion (?P>…)"), ("R)", "recursion (?R)"),
      ("(", "a condition (?(…)…)"), ("|", "a branch reset (?|…)"), ("#", "a comment (?#…)"),
      ("&", "recursion (?&…)"),
    ]
    let rest = scalars[position...]
    return refused.first { rest.starts(with: $0.0.unicodeScalars) }
      .map { "\($0.1) is not supported: a search takes linear time" }
  }

  /// Reads flags up to `:` or `)`; true when a group follows, to whose end they hold.
  private mutating func changeFlags(from start: Int) throws(RegexFault) -> Bool {
    var isOn = true
    while let scalar = next {
      position += 1
      switch scalar {
      case "i": flags.ignoresCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotTakesNewline = isOn
      case "U": break
      case "-" where isOn: isOn = false
      case ":": return true
      case ")": return false
      default: throw fault("there is no flag '\(scalar)'; use i, m and s", at: position - 1)
      }
    }
    throw fault("a '(' has no ')'", at: start)
  }
}
