extension JSON {
  /// Reads any JSON text.
  /// - Parameters:
  ///   - depth: The greatest depth of nested values.
  ///   - keepingDuplicates: True to leave it to the caller to refuse members that are given twice:
  ///     all of them are among ``Object/members`` then, and the first is found by its name.
  /// - Throws: ``JSONFault`` for what is not JSON, is nested too deep, or has a member twice.
  package init(
    parsing bytes: [UInt8], depth: Int = JSONScanner.usualDepth, keepingDuplicates: Bool = false
  ) throws(JSONFault) {
    var scanner = try JSONScanner(bytes, depthLimit: depth)
    self = try Self.value(&scanner, depth: 0, keepingDuplicates)
    try scanner.expectEnd()
  }

  /// Reads canonical text; nil when `bytes` are anything else.
  ///
  /// It accepts only the text that ``canonicalBytes`` of the same value is, so that damage or
  /// a foreign writer's liberties do not pass, and neither nulls nor numbers that are no integers,
  /// which nothing canonical has.
  package init?(canonical bytes: [UInt8]) {
    guard let value = try? JSON(parsing: bytes, depth: 16), value.isPlain,
      value.canonicalBytes == bytes
    else { return nil }
    self = value
  }

  private var isPlain: Bool {
    switch self {
    case .null, .number, .verbatim: false
    case .bool, .integer, .string: true
    case .array(let items): items.allSatisfy(\.isPlain)
    case .object(let object): object.members.allSatisfy(\.value.isPlain)
    }
  }

  private static func value(
    _ scanner: inout JSONScanner, depth: Int, _ keepingDuplicates: Bool
  ) throws(JSONFault) -> JSON {
    try scanner.requireDepth(depth)
    switch scanner.peek() {
    case UInt8(ascii: "{"):
      var object = Object()
      var isOpen = try scanner.beginObject()
      while isOpen {
        _ = scanner.peek()
        let start = scanner.position
        let name = try scanner.name()
        let value = try value(&scanner, depth: depth + 1, keepingDuplicates)
        guard object.append(name, value) || keepingDuplicates else {
          throw JSONFault(offset: start, message: "the member '\(name.prefix(50))' is given twice")
        }
        isOpen = try scanner.hasNextMember()
      }
      return .object(object)
    case UInt8(ascii: "["):
      var items: [JSON] = []
      var isOpen = try scanner.beginArray()
      while isOpen {
        items.append(try value(&scanner, depth: depth + 1, keepingDuplicates))
        isOpen = try scanner.hasNextItem()
      }
      return .array(items)
    case UInt8(ascii: "\""): return .string(try scanner.text())
    case UInt8(ascii: "t"):
      try scanner.word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try scanner.word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try scanner.word("null")
      return .null
    case nil: throw scanner.fault("the JSON ends too soon")
    default:
      let start = scanner.position
      let number = try scanner.number()
      let text = scanner.bytes[start..<scanner.position]
      if case .integer(let value) = number, value != 0 || text.count == 1 {
        return .integer(value)
      }
      return .number(String(decoding: text, as: UTF8.self))
    }
  }
}
