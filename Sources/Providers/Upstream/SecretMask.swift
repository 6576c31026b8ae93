import Model

/// Secrets, and the names that stand in their place in everything that is returned, printed or
/// saved: `[secret:NAME]`.
///
/// A secret is found as it is and in Base64, whatever stood before it there, as in an
/// `Authorization` header field that a server echoes. Below eight bytes it is a placeholder for a
/// server that wants no key, and stays.
struct SecretMask: Sendable {
  private static let shortest = 8
  private let forms: [(text: [UInt8], name: [UInt8])]
  /// For each byte, whether a form begins with it.
  private let isFirst: [Bool]

  /// A mask of secrets by their names.
  init(_ secrets: [(name: String, value: String)]) {
    var forms: [(text: [UInt8], name: [UInt8])] = []
    for (name, value) in secrets where value.utf8.count >= Self.shortest {
      let name = Array("[secret:\(name)]".utf8)
      let bytes = Array(value.utf8)
      var texts = [bytes]
      var escaped: [UInt8] = []
      JSON.append(value, to: &escaped)
      texts.append(Array(escaped.dropFirst().dropLast()))
      texts.append(Array(value.replacing("/", with: "\\/").utf8))
      for offset in 0..<3 {
        let text = Self.base64(bytes, offset: offset)
        texts.append(text)
        texts.append(
          text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 }.map {
            $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
          })
      }
      for text in texts where !forms.contains(where: { $0.text == text }) {
        forms.append((text, name))
      }
    }
    // The longest first, so that no part of one is left behind the name of a shorter one.
    self.forms = forms.sorted { $0.text.count > $1.text.count }
    var isFirst = [Bool](repeating: false, count: 256)
    for form in forms { isFirst[Int(form.text[0])] = true }
    self.isFirst = isFirst
  }

  /// The Base64 digits that depend only on `bytes`, where `offset` bytes modulo three stand before.
  private static func base64(_ bytes: [UInt8], offset: Int) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let padded = Array(repeating: 0, count: offset) + bytes
    // The first whole digit after the bytes before, and the last before bytes that may follow.
    let first = (offset * 8 + 5) / 6
    let last = padded.count * 8 / 6
    return (first..<last).map { digit in
      var value = 0
      for bit in digit * 6..<digit * 6 + 6 {
        value = value << 1 | Int(padded[bit / 8] >> UInt8(7 - bit % 8) & 1)
      }
      return digits[value]
    }
  }

  /// The bytes without secrets.
  func masked(_ bytes: [UInt8]) -> [UInt8] {
    guard !forms.isEmpty else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if isFirst[Int(bytes[place])],
        let form = forms.first(where: { bytes[place...].starts(with: $0.text) })
      {
        out += form.name
        place += form.text.count
      } else {
        out.append(bytes[place])
        place += 1
      }
    }
    return out
  }

  /// The text without secrets.
  func masked(_ text: String) -> String {
    guard !forms.isEmpty else { return text }
    return String(decoding: masked(Array(text.utf8)), as: UTF8.self)
  }

  /// The value without secrets, in names of members too.
  func masked(_ json: JSON) -> JSON {
    switch json {
    case .string(let text): .string(masked(text))
    case .array(let items): .array(items.map { masked($0) })
    case .object(let object):
      .object(JSON.Object(object.members.map { (masked($0.name), masked($0.value)) }))
    default: json
    }
  }
}
