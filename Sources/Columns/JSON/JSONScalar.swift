/// A value of a `json` column that is not nested.
package enum JSONScalar: Equatable, Sendable {
  case bool(Bool)
  case integer(Int64)
  case float(Double)
  case text([UInt8])

  /// Reads the compact JSON text that a `json` column keeps; nil for arrays, objects and null.
  package init?(_ json: ArraySlice<UInt8>) {
    guard let first = json.first else { return nil }
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "n"): return nil
    case UInt8(ascii: "t"): self = .bool(true)
    case UInt8(ascii: "f"): self = .bool(false)
    case UInt8(ascii: "\""): self = .text(Self.unescaped(json.dropFirst().dropLast()))
    default:
      let text = String(decoding: json, as: UTF8.self)
      if let integer = Int64(text) {
        self = .integer(integer)
      } else if let float = Double(text) {
        self = .float(float)
      } else {
        return nil
      }
    }
  }

  /// Undoes the escapes that compact JSON text has: quotes, backslashes and control characters.
  package static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < text.endIndex else {
        out.append(byte)
        continue
      }
      let kind = text[index]
      index += 1
      switch kind {
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "u"):
        let digits = text[index..<min(index + 4, text.endIndex)]
        let scalar = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        let character = scalar.flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
        out.append(contentsOf: String(Character(character)).utf8)
        index = min(index + 4, text.endIndex)
      default: out.append(kind)
      }
    }
    return out
  }
}
