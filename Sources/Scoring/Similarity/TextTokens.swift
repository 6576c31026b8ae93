import Model

/// The division of texts into tokens, as the reference implementations of the metrics have it.
enum TextTokens {
  /// The tokenizations of BLEU by their names in sacrebleu.
  enum Tokenization: String, CaseIterable, Sendable {
    /// That of mteval-v13a, which WMT uses.
    case mteval = "13a"
    /// Each character is a token.
    case char
    /// White space divides tokens.
    case none
  }

  /// The tokens of a text for BLEU: `sacrebleu.tokenizers`, version 2.6.
  static func bleu(_ text: String, _ tokenization: Tokenization) -> [DataText] {
    var scalars = Array(text.unicodeScalars)
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    switch tokenization {
    case .none: return words(scalars)
    case .char: return scalars.filter { !isSpace($0) }.map { DataText(String($0)) }
    case .mteval: return words(mteval(scalars))
    }
  }

  private static func mteval(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var scalars = replacing("<skipped>", with: "", in: scalars)
    scalars = replacing("-\n", with: "", in: scalars)
    scalars = replacing("\n", with: " ", in: scalars)
    for (name, sign) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
      scalars = replacing(name, with: sign, in: scalars)
    }
    var spaced: [Unicode.Scalar] = [" "]
    for scalar in scalars + [" "] {
      if isSign(scalar) { spaced += [" ", scalar, " "] } else { spaced.append(scalar) }
    }
    spaced = pairs(spaced, { !isDigit($0) && isStop($1) }) { [$0, " ", $1, " "] }
    spaced = pairs(spaced, { isStop($0) && !isDigit($1) }) { [" ", $0, " ", $1] }
    return pairs(spaced, { isDigit($0) && $1 == "-" }) { [$0, " ", $1, " "] }
  }

  /// Replaces two neighbours at a time, from left to right.
  private static func pairs(
    _ scalars: [Unicode.Scalar], _ match: (Unicode.Scalar, Unicode.Scalar) -> Bool,
    _ replacement: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]
  ) -> [Unicode.Scalar] {
    var out: [Unicode.Scalar] = []
    var index = 0
    while index < scalars.count {
      if index + 1 < scalars.count, match(scalars[index], scalars[index + 1]) {
        out += replacement(scalars[index], scalars[index + 1])
        index += 2
      } else {
        out.append(scalars[index])
        index += 1
      }
    }
    return out
  }

  private static func replacing(
    _ old: String, with new: String, in scalars: [Unicode.Scalar]
  ) -> [Unicode.Scalar] {
    let old = Array(old.unicodeScalars)
    guard let first = old.first, scalars.contains(first) else { return scalars }
    var out: [Unicode.Scalar] = []
    var index = 0
    while index < scalars.count {
      if scalars[index] == first, scalars[index...].starts(with: old) {
        out += Array(new.unicodeScalars)
        index += old.count
      } else {
        out.append(scalars[index])
        index += 1
      }
    }
    return out
  }

  /// The punctuation that mteval-v13a divides from words wherever it stands.
  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func isStop(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

  /// The runs of scalars between white space.
  static func words(_ scalars: [Unicode.Scalar]) -> [DataText] {
    scalars.split(whereSeparator: isSpace).map(text)
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> DataText {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return DataText(String(view))
  }

  /// White space as Python's `str.split()` has it: Unicode's, and four separators of ASCII.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(scalar)
  }

  /// The tokens of a text for ROUGE: `rouge_score.tokenize`, version 0.1.2, without a stemmer.
  static func rouge(_ text: String) -> [DataText] {
    let lower = text.unicodeScalars.map(\.properties.lowercaseMapping).joined()
    return lower.utf8.split { byte in
      !((0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte))
    }.map { DataText(utf8: Array($0)) }
  }

  /// The words of a text for WER: jiwer's default transformation, version 4.
  ///
  /// Runs of two and more white spaces become a space, ends are stripped, and spaces divide words.
  static func wer(_ text: String) -> [DataText] {
    var out: [Unicode.Scalar] = []
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let run = scalars[index...].prefix(while: isSpace).count
      out += run > 1 ? [" "] : [scalars[index]]
      index += max(run, 1)
    }
    while let last = out.last, isSpace(last) { out.removeLast() }
    return out.drop(while: isSpace).split(separator: " ").map(self.text)
  }
}
