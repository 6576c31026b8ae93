import Model

/// The way to a value in JSON, read from a pointer (RFC 6901): `/a/0`.
struct JSONPath: Sendable, Hashable {
  let text: String
  private let steps: [DataText]

  /// Reads a pointer; nil when the text is not one.
  init?(_ text: String) {
    guard text.isEmpty || text.utf8.first == UInt8(ascii: "/") else { return nil }
    var steps: [DataText] = []
    for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .dropFirst()
    {
      guard let step = Self.unescaped(part) else { return nil }
      steps.append(step)
    }
    self.text = text
    self.steps = steps
  }

  /// The value at the place; nil when there is none.
  func value(in json: JSON) -> JSON? {
    var value = json
    for step in steps {
      let next: JSON? =
        switch value {
        case .object(let object): object[step.string]
        case .array(let items):
          Self.index(step.string).flatMap { $0 < items.count ? items[$0] : nil }
        default: nil
        }
      guard let next else { return nil }
      value = next
    }
    return value
  }

  private static func unescaped(_ part: Substring.UTF8View.SubSequence) -> DataText? {
    var bytes: [UInt8] = []
    var rest = Array(part)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "~") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
      default: return nil
      }
    }
    return DataText(utf8: bytes)
  }

  private static func index(_ text: String) -> Int? {
    guard text == "0" || text.utf8.first != UInt8(ascii: "0"),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(text)
  }
}

extension ScorerOptions {
  /// A JSON pointer.
  mutating func pointer(_ option: String) throws(StoreError) -> JSONPath? {
    guard let text = try text(option) else { return nil }
    return try pointer(text, option)
  }

  /// A list of JSON pointers.
  mutating func pointers(_ option: String) throws(StoreError) -> [JSONPath]? {
    guard let texts = try texts(option) else { return nil }
    var pointers: [JSONPath] = []
    for text in texts { pointers.append(try pointer(text, option)) }
    return pointers
  }

  private func pointer(_ text: String, _ option: String) throws(StoreError) -> JSONPath {
    guard let pointer = JSONPath(text) else {
      throw fault("'\(option)' takes a JSON pointer such as /answer/0, not '\(text)'")
    }
    return pointer
  }
}
