extension RegexParser {
  /// The item behind a backslash; nil for one that only changes how others are read.
  mutating func escape(from start: Int) throws(RegexFault) -> RegexNode? {
    guard let scalar = next else { throw fault("a backslash stands at the end", at: start) }
    switch scalar {
    case "A" where dialect == .re2: return assertion(.textStart)
    case "z" where dialect == .re2: return assertion(.textEnd)
    case "b": return assertion(.wordBoundary)
    case "B": return assertion(.notWordBoundary)
    case "Q" where dialect == .re2:
      position += 1
      isQuoting = true
      return nil
    default: break
    }
    if let set = try escapedSet(from: start) { return .scalar(set) }
    return .scalar(literal(try escapedScalar(from: start)))
  }

  private mutating func assertion(_ assertion: RegexAssertion) -> RegexNode {
    position += 1
    return .assertion(assertion)
  }

  /// A set that is named by a letter: `\d`, `\pL`; nil, and nothing taken, for another escape.
  private mutating func escapedSet(from start: Int) throws(RegexFault) -> ScalarSet? {
    guard let scalar = next else { return nil }
    let space = dialect == .re2 ? ScalarSet.space : ScalarSet.ecmaSpace
    let set: ScalarSet? =
      switch scalar {
      case "d": .digit
      case "D": ScalarSet.digit.complement
      case "w": .word
      case "W": ScalarSet.word.complement
      case "s": space
      case "S": space.complement
      default: nil
      }
    if let set {
      position += 1
      return set
    }
    guard scalar == "p" || scalar == "P" else { return nil }
    position += 1
    return try property(isNegated: scalar == "P", from: start)
  }

  /// A general category: `L`, `{Lu}`, `{^Lu}`.
  private mutating func property(
    isNegated: Bool, from start: Int
  ) throws(RegexFault) -> ScalarSet {
    var isNegated = isNegated
    var name = ""
    if take("{") {
      if take("^") { isNegated.toggle() }
      while let scalar = next, scalar != "}" {
        name.unicodeScalars.append(scalar)
        position += 1
      }
      guard take("}") else { throw fault("a '{' has no '}'", at: start) }
    } else if let scalar = next {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard let categories = GeneralCategories.named(name) else {
      throw fault(
        "there is no general category '\(name)'; scripts and other properties are not supported",
        at: start)
    }
    return ScalarSet([.categories(categories, isNegated: isNegated)])
  }

  /// A scalar that is written with a backslash.
  private mutating func escapedScalar(from start: Int) throws(RegexFault) -> Unicode.Scalar {
    guard let scalar = next else { throw fault("a backslash stands at the end", at: start) }
    position += 1
    switch scalar {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "f": return "\u{C}"
    case "v": return "\u{B}"
    case "a" where dialect == .re2: return "\u{7}"
    case "0" where !isDigit(next): return "\0"
    case "x": return try hexadecimal(2, allowsBraces: true, from: start)
    case "u" where dialect == .ecma: return try surrogates(from: start)
    case "c" where dialect == .ecma: return try control(from: start)
    case "1"..."9", "k":
      throw fault(
        "a backreference \\\(scalar) is not supported: a search takes linear time", at: start)
    default:
      guard scalar.value >= 0x80 || !ScalarSet.word.contains(scalar) || scalar == "_" else {
        throw fault("there is no escape '\\\(scalar)'" + Self.advice(scalar), at: start)
      }
      return scalar
    }
  }

  private static func advice(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "Z": "; use \\z for the end of the text"
    case "G", "K", "R", "X", "h", "H", "C": ": it is not part of RE2's syntax that is supported"
    case "u", "U": "; use \\x{…}"
    default: ""
    }
  }

  private func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map { ScalarSet.digit.contains($0) } ?? false
  }

  private mutating func control(from start: Int) throws(RegexFault) -> Unicode.Scalar {
    guard let letter = next, letter.isASCII, letter.properties.isAlphabetic else {
      throw fault("'\\c' is followed by a letter", at: start)
    }
    position += 1
    return Unicode.Scalar(UInt8(letter.value & 0x1F))
  }

  /// A scalar as UTF-16 writes it: `\u00e9`, or two halves of a pair.
  private mutating func surrogates(from start: Int) throws(RegexFault) -> Unicode.Scalar {
    let high = try digits(4, from: start)
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard (0xD800..<0xDC00).contains(high), take("\\u") else {
      throw fault("half of a surrogate pair is missing", at: start)
    }
    let low = try digits(4, from: start)
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw fault("half of a surrogate pair is missing", at: start) }
    return scalar
  }

  private mutating func hexadecimal(
    _ count: Int, allowsBraces: Bool, from start: Int
  ) throws(RegexFault) -> Unicode.Scalar {
    var code: UInt32 = 0
    if allowsBraces, take("{") {
      while let digit = next.flatMap({ Character($0).hexDigitValue }), code < 0x110000 {
        code = code << 4 | UInt32(digit)
        position += 1
      }
      guard take("}") else { throw fault("'\\x{' takes hexadecimal digits and '}'", at: start) }
    } else {
      code = try digits(count, from: start)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw fault("there is no character U+\(String(code, radix: 16))", at: start)
    }
    return scalar
  }

  private mutating func digits(_ count: Int, from start: Int) throws(RegexFault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = next, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
        throw fault("\(count) hexadecimal digits are expected", at: start)
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  /// A class in brackets, of which the first was taken.
  mutating func characterClass(from start: Int) throws(RegexFault) -> ScalarSet {
    var set = ScalarSet([], ignoresCase: flags.ignoresCase)
    if take("^") { set.isNegated = true }
    // In RE2, a bracket that stands first is itself.
    var isFirst = dialect == .re2
    while let scalar = next, isFirst || scalar != "]" {
      isFirst = false
      if let named = try namedClass(from: start) {
        set.items.append(.set(named))
        continue
      }
      guard let low = try member(&set, from: start) else { continue }
      guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
        set.items.append(.range(low...low))
        continue
      }
      let place = position
      position += 1
      guard let high = try member(&set, from: start), low <= high else {
        throw fault("a range in brackets does not ascend", at: place)
      }
      set.items.append(.range(low...high))
    }
    guard take("]") else { throw fault("a '[' has no ']'", at: start) }
    return set
  }

  /// A scalar of a class; nil when it was a set, which is added.
  private mutating func member(
    _ set: inout ScalarSet, from start: Int
  ) throws(RegexFault) -> Unicode.Scalar? {
    guard let scalar = next else { throw fault("a '[' has no ']'", at: start) }
    let place = position
    position += 1
    guard scalar == "\\" else { return scalar }
    if let named = try escapedSet(from: place) {
      set.items.append(.set(named))
      return nil
    }
    if dialect == .ecma {
      if take("b") { return "\u{8}" }
      if take("-") { return "-" }
    }
    return try escapedScalar(from: place)
  }

  /// A class of POSIX, such as `[:alpha:]`, of ASCII as in RE2.
  private mutating func namedClass(from start: Int) throws(RegexFault) -> ScalarSet? {
    guard dialect == .re2, take("[:") else { return nil }
    let isNegated = take("^")
    var name = ""
    while let scalar = next, scalar != ":" {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take(":]"), var set = GeneralCategories.posix(name) else {
      throw fault("there is no class '[:\(name):]'", at: start)
    }
    set.isNegated = isNegated
    return set
  }
}
