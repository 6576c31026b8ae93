import Model

/// The names of sets of characters in patterns.
enum GeneralCategories {
  /// The general categories that a name stands for: one of two letters, or a class of one.
  static func named(_ name: String) -> Set<Unicode.GeneralCategory>? {
    if name == "Any" { return Set(all.map(\.category)) }
    let short = long.first { $0.name.hasBytes(of: name) }?.short ?? name
    guard (1...2).contains(short.utf8.count) else { return nil }
    let found = all.filter { $0.name.hasPrefix(short) }.map(\.category)
    return found.isEmpty ? nil : Set(found)
  }

  /// The long names that ECMAScript's patterns have.
  private static let long: [(name: String, short: String)] = [
    ("Letter", "L"), ("Lowercase_Letter", "Ll"), ("Uppercase_Letter", "Lu"),
    ("Titlecase_Letter", "Lt"), ("Modifier_Letter", "Lm"), ("Other_Letter", "Lo"), ("Mark", "M"),
    ("Number", "N"), ("Decimal_Number", "Nd"), ("digit", "Nd"), ("Punctuation", "P"),
    ("Symbol", "S"), ("Separator", "Z"), ("Space_Separator", "Zs"), ("Other", "C"),
    ("Control", "Cc"),
  ]

  private static let all: [(name: String, category: Unicode.GeneralCategory)] = [
    ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter),
    ("Lm", .modifierLetter), ("Lo", .otherLetter), ("Mn", .nonspacingMark),
    ("Mc", .spacingMark), ("Me", .enclosingMark), ("Nd", .decimalNumber),
    ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
    ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation),
    ("Pi", .initialPunctuation), ("Pf", .finalPunctuation), ("Po", .otherPunctuation),
    ("Sm", .mathSymbol), ("Sc", .currencySymbol), ("Sk", .modifierSymbol), ("So", .otherSymbol),
    ("Zs", .spaceSeparator), ("Zl", .lineSeparator), ("Zp", .paragraphSeparator),
    ("Cc", .control), ("Cf", .format), ("Cs", .surrogate), ("Co", .privateUse),
    ("Cn", .unassigned),
  ]

  /// A class of POSIX, of ASCII only.
  static func posix(_ name: String) -> ScalarSet? {
    let ranges: [ClosedRange<Unicode.Scalar>]? =
      switch name {
      case "alnum": ["0"..."9", "A"..."Z", "a"..."z"]
      case "alpha": ["A"..."Z", "a"..."z"]
      case "ascii": ["\0"..."\u{7F}"]
      case "blank": ["\t"..."\t", " "..." "]
      case "cntrl": ["\0"..."\u{1F}", "\u{7F}"..."\u{7F}"]
      case "digit": ["0"..."9"]
      case "graph": ["!"..."~"]
      case "lower": ["a"..."z"]
      case "print": [" "..."~"]
      case "punct": ["!"..."/", ":"..."@", "["..."`", "{"..."~"]
      case "space": ["\t"..."\r", " "..." "]
      case "upper": ["A"..."Z"]
      case "word": ["0"..."9", "A"..."Z", "a"..."z", "_"..."_"]
      case "xdigit": ["0"..."9", "A"..."F", "a"..."f"]
      default: nil
      }
    return ranges.map { ScalarSet($0.map { .range($0) }) }
  }
}
