package import Columns
package import Model

/// Random nested values, as the JSON text that `json` columns keep.
package enum RandomNested {
  /// A random shape of lists and structures.
  package static func shape(using random: inout SeededGenerator, depth: Int = 0) -> ValueShape {
    let leaf =
      [ValueShape.null, .bool, .int64, .float64, .number, .string]
      .randomElement(using: &random) ?? .null
    if depth > 3 { return leaf }
    switch Int.random(in: 0..<(depth == 0 ? 4 : 7), using: &random) {
    case 0, 1: return .list(shape(using: &random, depth: depth + 1))
    case 2, 3:
      let names = ["role", "content", "a.b", "é", "e\u{301}", "x \"y\"", "\u{1}", "A", "a"]
        .shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
      return .structure(
        names.map { name in
          ValueShape.Member(
            name: name, shape: shape(using: &random, depth: depth + 1),
            isOptional: Bool.random(using: &random))
        })
    default: return leaf
    }
  }

  /// The text of a random value of `shape`.
  package static func text(_ shape: ValueShape, using random: inout SeededGenerator) -> String {
    switch shape {
    case .null: "null"
    case .bool: Bool.random(using: &random) ? "true" : "false"
    case .int64:
      String([0, -1, 7, 41, .max, .min, 1 << 53, (1 << 53) + 1].randomElement(using: &random) ?? 0)
    case .float64:
      String([0.0, -0.0, 1.0, 0.1, 2.5e-9, 1e300, 9e15].randomElement(using: &random) ?? 0)
    case .number:
      ["0", "1", "-17", "9007199254740992", "0.5", "0.30000000000000004", "1e+300"]
        .randomElement(using: &random) ?? "0"
    case .string:
      ["\"\"", "\"é\"", "\"e\u{301}\"", "\"a\\n\\\"b\\\\\"", "\"\\u0001\"", "\"🙂\"", "\"null\""]
        .randomElement(using: &random) ?? "\"\""
    case .list(let element):
      "["
        + (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          Int.random(in: 0..<6, using: &random) == 0 ? "null" : text(element, using: &random)
        }.joined(separator: ",") + "]"
    case .structure(let members):
      "{" + texts(of: members, using: &random).joined(separator: ",") + "}"
    }
  }

  private static func texts(
    of members: [ValueShape.Member], using random: inout SeededGenerator
  ) -> [String] {
    var texts: [String] = []
    for member in members {
      let isEmpty = Int.random(in: 0..<4, using: &random) == 0
      if isEmpty, member.isOptional { continue }
      var name: [UInt8] = []
      JSON.append(member.name, to: &name)
      texts.append(
        String(decoding: name, as: UTF8.self) + ":"
          + (isEmpty ? "null" : text(member.shape, using: &random)))
    }
    return texts
  }

  /// A `json` column of these texts; nil is null.
  package static func column(_ texts: [String?]) -> ColumnVector {
    var values = TextValues()
    var validity = Bitmap(repeating: true, count: texts.count)
    for (row, text) in texts.enumerated() {
      values.append((text ?? "").utf8)
      validity[row] = text != nil
    }
    return ColumnVector(
      type: .json, count: texts.count, validity: validity, values: .text(values))
  }
}
