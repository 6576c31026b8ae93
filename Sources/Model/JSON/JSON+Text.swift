extension JSON {
  /// The canonical text in UTF-8, as RFC 8785 defines it: members sorted by UTF-16 code units, no
  /// white space, the fewest escapes.
  ///
  /// Equal values have equal bytes, so that a digest over them is well defined. Numbers other than
  /// integers are written as they were read, which is not the RFC's form; nothing that is canonical
  /// on a disk has them.
  package var canonicalBytes: [UInt8] {
    var out: [UInt8] = []
    append(to: &out) { members in
      members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
    }
    return out
  }

  /// The compact text in UTF-8 on one line, members in the order they were given in.
  package var compactBytes: [UInt8] {
    var out: [UInt8] = []
    append(to: &out) { $0 }
    return out
  }

  /// The compact text on one line, members in the order they were given in.
  package var text: String { String(decoding: compactBytes, as: UTF8.self) }

  /// Appends the compact text with the members of each object in the order that `order` gives them.
  package func append(
    to out: inout [UInt8], inOrder order: ([Object.Member]) -> [Object.Member]
  ) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): out.append(contentsOf: String(value).utf8)
    case .number(let text): out.append(contentsOf: text.utf8)
    case .string(let text): Self.append(text, to: &out)
    case .verbatim(let bytes): out.append(contentsOf: bytes)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.append(to: &out, inOrder: order)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let object):
      out.append(UInt8(ascii: "{"))
      for (index, member) in order(object.members).enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.append(member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        member.value.append(to: &out, inOrder: order)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// Appends `text` as a JSON string with the escapes of RFC 8785 §3.2.2.2.
  package static func append(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): out.append(contentsOf: #"\""#.utf8)
      case UInt8(ascii: "\\"): out.append(contentsOf: #"\\"#.utf8)
      case 0x08: out.append(contentsOf: #"\b"#.utf8)
      case 0x09: out.append(contentsOf: #"\t"#.utf8)
      case 0x0A: out.append(contentsOf: #"\n"#.utf8)
      case 0x0C: out.append(contentsOf: #"\f"#.utf8)
      case 0x0D: out.append(contentsOf: #"\r"#.utf8)
      case 0..<0x20: out.append(contentsOf: (#"\u00"# + Hex.encode([byte])).utf8)
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
