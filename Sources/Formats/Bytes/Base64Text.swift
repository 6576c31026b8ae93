import Columns

/// Bytes as Base64 text (RFC 4648, with its padding), and back.
enum Base64Text {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Appends the text of `bytes`.
  static func append(_ bytes: some Collection<UInt8>, to out: inout [UInt8]) {
    var (word, count) = (0, 0)
    func put(_ places: Int) {
      for place in 0..<places { out.append(digits[word >> (18 - place * 6) & 63]) }
      for _ in places..<4 { out.append(UInt8(ascii: "=")) }
    }
    for byte in bytes {
      word |= Int(byte) << (16 - count * 8)
      count += 1
      guard count == 3 else { continue }
      put(4)
      (word, count) = (0, 0)
    }
    if count > 0 { put(count + 1) }
  }

  /// The bytes of a text; nil when it is no Base64.
  static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (word, bits) = (0, 0)
    var isPadded = false
    for character in text {
      if character == UInt8(ascii: "=") {
        isPadded = true
        continue
      }
      guard !isPadded, let digit = value(character) else { return nil }
      word = (word << 6 | digit) & 0xFFFF
      bits += 6
      guard bits >= 8 else { continue }
      bits -= 8
      bytes.append(UInt8(truncatingIfNeeded: word >> bits))
    }
    return bytes
  }

  private static func value(_ character: UInt8) -> Int? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character) - 97 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character) - 48 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  /// Each of the texts' bytes as Base64.
  static func encoded(_ texts: TextValues) -> TextValues {
    var encoded = TextValues()
    encoded.bytes.reserveCapacity(texts.bytes.count / 3 * 4 + 4 * texts.count)
    for index in 0..<texts.count {
      append(texts.bytes[texts.range(index)], to: &encoded.bytes)
      encoded.offsets.append(UInt32(encoded.bytes.count))
    }
    return encoded
  }
}
