import Foundation
import Model

/// A change to texts before they are compared.
enum Normalization: String, CaseIterable, Sendable {
  /// White space at both ends is removed.
  case trim
  /// Unicode's normalization form C.
  case nfc
  /// Unicode's full case folding.
  case casefold
  /// Each run of white space becomes one space.
  case whitespace
  /// The lines of a Markdown code fence are removed, where the text is one fenced block.
  case stripFence = "strip_fence"

  /// The changed text.
  func applied(to text: String) -> String {
    switch self {
    case .trim: Self.trimmed(text)
    case .nfc: text.precomposedStringWithCanonicalMapping
    case .casefold: CaseFolding.folded(text)
    case .whitespace: Self.collapsed(text)
    case .stripFence: Self.unfenced(text)
    }
  }

  private static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
    guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
    return String(scalars[...last])
  }

  private static func collapsed(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    var wasSpace = false
    for scalar in text.unicodeScalars {
      let isSpace = scalar.properties.isWhitespace
      if isSpace, wasSpace { continue }
      out.append(isSpace ? " " : scalar)
      wasSpace = isSpace
    }
    return String(out)
  }

  /// The lines inside a fence of three or more backticks or tildes; a text of another form as it
  /// is. https://spec.commonmark.org/0.31.2/#fenced-code-blocks
  private static func unfenced(_ text: String) -> String {
    let bytes = Array(trimmed(text).utf8)
    guard let sign = bytes.first, sign == UInt8(ascii: "`") || sign == UInt8(ascii: "~") else {
      return text
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let length = lines[0].prefix { $0 == sign }.count
    guard lines.count > 1, length >= 3, !lines[0].dropFirst(length).contains(sign) else {
      return text
    }
    func isFence(_ line: ArraySlice<UInt8>) -> Bool {
      let line = line.drop { $0 == UInt8(ascii: " ") }
      let signs = line.prefix { $0 == sign }.count
      return signs >= length
        && line.dropFirst(signs).allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
    }
    let closing = lines.indices.dropFirst().filter { isFence(lines[$0]) }
    guard closing == [lines.count - 1] else { return text }
    let inside = lines[1..<lines.count - 1].joined(separator: [UInt8(ascii: "\n")])
    return String(decoding: Array(inside), as: UTF8.self)
  }
}

extension [Normalization] {
  /// The text after each change in turn.
  func applied(to text: String) -> String { reduce(text) { $1.applied(to: $0) } }
}

/// Case folding of texts, as the Unicode Standard defines it in section 3.13 (toCasefold, full).
enum CaseFolding {
  /// The folded text.
  ///
  /// A scalar's fold is the lower case of its upper case, which is Unicode's own definition by
  /// closure; the dotless i, which folds to itself, is the exception.
  static func folded(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        out.unicodeScalars.append(lowercased(scalar))
      } else if scalar == "\u{131}" {
        out.unicodeScalars.append(scalar)
      } else {
        let upper = mapped(scalar.properties.lowercaseMapping, \.uppercaseMapping)
        out += mapped(upper, \.lowercaseMapping)
      }
    }
    return out
  }

  private static func lowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
  }

  private static func mapped(
    _ text: String, _ mapping: KeyPath<Unicode.Scalar.Properties, String>
  ) -> String {
    text.unicodeScalars.map { $0.properties[keyPath: mapping] }.joined()
  }
}
