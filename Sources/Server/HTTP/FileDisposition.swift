/// The value of `Content-Disposition` for a file (RFC 6266): whether a browser shows it, and the
/// name under which it is saved.
package enum FileDisposition {
  /// The header of a file called `name`, which may be any text.
  ///
  /// What could run in a page of this server (HTML, SVG, XML) is never shown.
  package static func text(name: String, mediaType: String) -> String {
    let kind = isShown(mediaType) ? "inline" : "attachment"
    // A path would be one of the machine that saves it.
    let name = String(name.map { $0 == "/" || $0 == "\\" ? "_" : $0 })
    guard !name.isEmpty else { return kind }
    let plain = String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { isPlain($0) ? $0 : "_" }))
    guard plain != name else { return "\(kind); filename=\"\(plain)\"" }
    return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(encoded(name))"
  }

  private static func isShown(_ mediaType: String) -> Bool {
    let parts = mediaType.prefix { $0 != ";" }.lowercased().split(separator: "/")
    switch (parts.first, parts.last?.trimming { $0 == " " || $0 == "\t" }) {
    case ("application", "pdf"), ("text", "plain"), ("audio", _), ("video", _): return true
    // Of the kinds of images, the ones of XML can run.
    case ("image", let kind?): return !kind.hasSuffix("xml")
    default: return false
    }
  }

  /// Returns true when a quoted string may hold it and every client reads it as it is.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "%"
  }

  /// RFC 8187: UTF-8, with all but `attr-char` percent-encoded.
  private static func encoded(_ name: String) -> String {
    var text = ""
    for byte in name.utf8 {
      let scalar = Unicode.Scalar(byte)
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "!", "#", "$", "&", "+", "-", ".", "^", "_", "`", "|",
        "~":
        text.unicodeScalars.append(scalar)
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += byte < 16 ? "%0" + digits : "%" + digits
      }
    }
    return text
  }
}
