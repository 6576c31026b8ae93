/// A JSON value of the kinds that manifests and records hold: no fractions, no nulls.
///
/// Its text is canonical as RFC 8785 defines it (members sorted by UTF-16 code units, no white
/// space, minimal escapes), so equal values have equal bytes and a digest over them is well
/// defined.
package enum CanonicalJSON: Sendable {
  case integer(Int64)
  case string(String)
  case bool(Bool)
  case array([CanonicalJSON])
  case object([DataText: CanonicalJSON])

  /// The canonical text in UTF-8.
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    append(to: &out)
    return out
  }

  private func append(to out: inout [UInt8]) {
    switch self {
    case .integer(let value): out.append(contentsOf: String(value).utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .string(let text): Self.append(text, to: &out)
    case .array(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.append(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      let names = members.keys.sorted {
        $0.string.utf16.lexicographicallyPrecedes($1.string.utf16)
      }
      for (index, name) in names.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.append(name.string, to: &out)
        out.append(UInt8(ascii: ":"))
        members[name]?.append(to: &out)
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

/// Texts, also the names of members, are equal when their bytes are.
extension CanonicalJSON: Hashable {
  package static func == (left: CanonicalJSON, right: CanonicalJSON) -> Bool {
    switch (left, right) {
    case (.integer(let one), .integer(let two)): one == two
    case (.string(let one), .string(let two)): one.hasBytes(of: two)
    case (.bool(let one), .bool(let two)): one == two
    case (.array(let one), .array(let two)): one == two
    case (.object(let one), .object(let two)): one == two
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .integer(let value): hasher.combine(value)
    case .string(let text): hasher.combine(DataText(text))
    case .bool(let value): hasher.combine(value)
    case .array(let items): hasher.combine(items)
    case .object(let members): hasher.combine(members)
    }
  }
}

extension CanonicalJSON {
  package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var array: [CanonicalJSON]? { if case .array(let value) = self { value } else { nil } }
  package var object: [DataText: CanonicalJSON]? {
    if case .object(let value) = self { value } else { nil }
  }
}
