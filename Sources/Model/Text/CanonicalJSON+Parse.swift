extension CanonicalJSON {
  /// Reads canonical text; nil when `bytes` are anything else.
  ///
  /// Strict on purpose: it accepts only what `bytes` of the same value would print, so that damage
  /// or a foreign writer's liberties do not pass.
  package init?(parsing bytes: [UInt8]) {
    var parser = Parser(bytes: bytes)
    guard let value = parser.value(depth: 0), parser.position == bytes.count, value.bytes == bytes
    else { return nil }
    self = value
  }

  private struct Parser {
    let bytes: [UInt8]
    var position = 0

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: UInt8) -> Bool {
      guard next == character else { return false }
      position += 1
      return true
    }

    mutating func value(depth: Int) -> CanonicalJSON? {
      guard depth < 16, let first = next else { return nil }
      switch first {
      case UInt8(ascii: "{"): return object(depth: depth)
      case UInt8(ascii: "["): return array(depth: depth)
      case UInt8(ascii: "\""): return string().map(CanonicalJSON.string)
      case UInt8(ascii: "t"): return word("true") ? .bool(true) : nil
      case UInt8(ascii: "f"): return word("false") ? .bool(false) : nil
      default: return integer()
      }
    }

    private mutating func object(depth: Int) -> CanonicalJSON? {
      position += 1
      var members: [DataText: CanonicalJSON] = [:]
      if take(UInt8(ascii: "}")) { return .object(members) }
      repeat {
        guard next == UInt8(ascii: "\""), let name = string(), take(UInt8(ascii: ":")),
          let member = value(depth: depth + 1),
          members.updateValue(member, forKey: DataText(name)) == nil
        else { return nil }
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> CanonicalJSON? {
      position += 1
      var items: [CanonicalJSON] = []
      if take(UInt8(ascii: "]")) { return .array(items) }
      repeat {
        guard let item = value(depth: depth + 1) else { return nil }
        items.append(item)
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "]")) ? .array(items) : nil
    }

    private mutating func word(_ word: String) -> Bool {
      for byte in word.utf8 where !take(byte) { return false }
      return true
    }

    private mutating func integer() -> CanonicalJSON? {
      let start = position
      _ = take(UInt8(ascii: "-"))
      while let digit = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
        position += 1
      }
      return Int64(String(decoding: bytes[start..<position], as: UTF8.self)).map {
        CanonicalJSON.integer($0)
      }
    }

    private mutating func string() -> String? {
      position += 1
      var text: [UInt8] = []
      while let byte = next {
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
        case UInt8(ascii: "\\"):
          guard let escaped = escape() else { return nil }
          text.append(escaped)
        default: text.append(byte)
        }
      }
      return nil
    }

    /// The canonical form escapes only characters below U+0020, quotes and backslashes.
    private mutating func escape() -> UInt8? {
      guard let kind = next else { return nil }
      position += 1
      switch kind {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): return kind
      case UInt8(ascii: "b"): return 0x08
      case UInt8(ascii: "t"): return 0x09
      case UInt8(ascii: "n"): return 0x0A
      case UInt8(ascii: "f"): return 0x0C
      case UInt8(ascii: "r"): return 0x0D
      case UInt8(ascii: "u"):
        guard position + 4 <= bytes.count,
          let code = Hex.decode(bytes[position..<position + 4]), code[0] == 0, code[1] < 0x20
        else { return nil }
        position += 4
        return code[1]
      default: return nil
      }
    }
  }
}
