import Model

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

  /// The bytes of a string without its quotes, its escapes resolved.
  package static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return Array(text) }
    let quote = UInt8(ascii: "\"")
    do throws(JSONFault) {
      var scanner = try JSONScanner([quote] + text + [quote])
      var out: [UInt8] = []
      try scanner.string(to: &out)
      return out
    } catch {
      // What is kept was checked when it was written; of other text there is only what it says.
      return Array(text)
    }
  }
}
