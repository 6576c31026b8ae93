/// Escapes that make text of a dataset safe in markup.
///
/// It also replaces the characters that ``TerminalText`` replaces on a terminal: a page and a pull
/// request are read by people.
package enum Escaping {
  /// For the text and the quoted attributes of HTML and XML.
  package static func markup(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      // As references they are the same text, and begin no line of the file.
      case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
      case _ where TerminalText.isUnsafe(scalar): escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// For a line or a cell of Markdown: on one line, and nothing in it is markup.
  ///
  /// A backslash before a sign takes its meaning away
  /// (https://spec.commonmark.org/0.31.2/#backslash-escapes).
  package static func markdown(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\r", "\t": escaped += " "
      case "\\", "|", "*", "_", "`", "[", "]", "<", ">", "#", "~", "&", "$":
        escaped += "\\"
        escaped.unicodeScalars.append(scalar)
      case _ where TerminalText.isUnsafe(scalar): escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
