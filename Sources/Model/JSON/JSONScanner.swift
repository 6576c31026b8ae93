/// The reason for which a text is not JSON, and the byte.
package struct JSONFault: Error, Sendable, Hashable {
  /// Bytes before the fault.
  package let offset: Int
  package let message: String

  /// A fault behind `offset` bytes.
  package init(offset: Int, message: String) {
    self.offset = offset
    self.message = message
  }

  /// True for values that are nested deeper than was allowed; such a text may be JSON.
  package var isTooDeep: Bool { message == Self.tooDeep }

  fileprivate static let tooDeep = "values are nested too deep"

  /// The fault and its place in `text`, from 1 on; columns are bytes.
  package func description(in text: [UInt8]) -> String {
    let before = text[..<offset]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let column = offset - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    return "line \(line), column \(column): \(message)"
  }
}

/// A reader of JSON text piece by piece, exactly as RFC 8259 has it.
///
/// All JSON but rows is read by it: values whole (``JSON``), and contexts of routing, of which only
/// the fields are kept that rules read. The size of a text is for those to bound who receive it.
package struct JSONScanner {
  /// A number; only one with neither a fraction nor an exponent is an integer.
  package enum Number {
    case integer(Int64)
    case fraction(Double)
  }

  /// The greatest depth of nested values where nothing else is said.
  package static let usualDepth = 32

  package let bytes: [UInt8]
  package private(set) var position = 0
  private let depthLimit: Int

  /// Text to be read.
  /// - Throws: ``JSONFault`` when it is not UTF-8.
  package init(_ bytes: [UInt8], depthLimit: Int = usualDepth) throws(JSONFault) {
    self.bytes = bytes
    self.depthLimit = depthLimit
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw JSONFault(offset: error.byteOffsets.lowerBound, message: "this is not UTF-8")
    }
  }

  package func fault(_ message: String) -> JSONFault {
    JSONFault(offset: position, message: message)
  }

  /// Throws when a value in `depth` others is nested too deep.
  package func requireDepth(_ depth: Int) throws(JSONFault) {
    guard depth < depthLimit else { throw fault(JSONFault.tooDeep) }
  }

  /// The next character that is not white space; nil at the end.
  package mutating func peek() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      case let byte: return byte
      }
    }
    return nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws(JSONFault) {
    guard take(byte) else { throw fault("\(what) is expected here") }
  }

  /// Throws unless only white space is left.
  package mutating func expectEnd() throws(JSONFault) {
    guard peek() == nil else { throw fault("the JSON ends before this") }
  }

  /// Opens an object; true when it has a member.
  package mutating func beginObject(_ what: String = "an object") throws(JSONFault) -> Bool {
    try expect(UInt8(ascii: "{"), what)
    return !take(UInt8(ascii: "}"))
  }

  /// Appends the name of a member, and passes the colon.
  package mutating func name(to out: inout [UInt8]) throws(JSONFault) {
    guard peek() == UInt8(ascii: "\"") else { throw fault("a member's name is expected here") }
    try string(to: &out)
    try expect(UInt8(ascii: ":"), "':'")
  }

  /// The name of a member, behind which the colon is passed.
  package mutating func name() throws(JSONFault) -> String {
    guard peek() == UInt8(ascii: "\"") else { throw fault("a member's name is expected here") }
    let name = try text()
    try expect(UInt8(ascii: ":"), "':'")
    return name
  }

  /// Passes what follows a member: true for a comma, false for the end of the object.
  package mutating func hasNextMember() throws(JSONFault) -> Bool {
    if take(UInt8(ascii: ",")) { return true }
    try expect(UInt8(ascii: "}"), "',' or '}'")
    return false
  }

  /// Opens an array; true when it has an item.
  package mutating func beginArray() throws(JSONFault) -> Bool {
    try expect(UInt8(ascii: "["), "an array")
    return !take(UInt8(ascii: "]"))
  }

  /// Passes what follows an item: true for a comma, false for the end of the array.
  package mutating func hasNextItem() throws(JSONFault) -> Bool {
    if take(UInt8(ascii: ",")) { return true }
    try expect(UInt8(ascii: "]"), "',' or ']'")
    return false
  }

  /// Passes `word`, which is one of `true`, `false` and `null`.
  package mutating func word(_ word: StaticString) throws(JSONFault) {
    for index in 0..<word.utf8CodeUnitCount {
      let byte = unsafe word.utf8Start[index]
      guard position < bytes.count, bytes[position] == byte else {
        throw fault("a value is expected here")
      }
      position += 1
    }
  }

  /// Passes over a value of any kind that is nested in `depth` others.
  package mutating func skip(depth: Int) throws(JSONFault) {
    try requireDepth(depth)
    switch peek() {
    case UInt8(ascii: "{"):
      var isOpen = try beginObject()
      while isOpen {
        guard peek() == UInt8(ascii: "\"") else { throw fault("a member's name is expected here") }
        try skipString()
        try expect(UInt8(ascii: ":"), "':'")
        try skip(depth: depth + 1)
        isOpen = try hasNextMember()
      }
    case UInt8(ascii: "["):
      var isOpen = try beginArray()
      while isOpen {
        try skip(depth: depth + 1)
        isOpen = try hasNextItem()
      }
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    case nil: throw fault("the JSON ends too soon")
    default: _ = try number()
    }
  }
}

extension JSONScanner {
  /// The text of a string, its escapes resolved.
  package mutating func text() throws(JSONFault) -> String {
    try expect(UInt8(ascii: "\""), "a string")
    let start = position
    let end = try plainEnd()
    if bytes[end] == UInt8(ascii: "\"") {
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
    var text = Array(bytes[start..<end])
    try escape(to: &text)
    try rest(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the bytes of a string, its escapes resolved.
  package mutating func string(to out: inout [UInt8]) throws(JSONFault) {
    try expect(UInt8(ascii: "\""), "a string")
    try rest(to: &out)
  }

  private mutating func rest(to out: inout [UInt8]) throws(JSONFault) {
    while true {
      let start = position
      let end = try plainEnd()
      out.append(contentsOf: bytes[start..<end])
      if bytes[end] == UInt8(ascii: "\"") { return }
      try escape(to: &out)
    }
  }

  private mutating func skipString() throws(JSONFault) {
    position += 1
    while bytes[try plainEnd()] == UInt8(ascii: "\\") {
      var ignored: [UInt8] = []
      try escape(to: &ignored)
    }
  }

  /// Passes the next quote or backslash of a string, and returns its place.
  private mutating func plainEnd() throws(JSONFault) -> Int {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        position += 1
        return position - 1
      case 0..<0x20: throw fault("a control character has to be escaped")
      default: position += 1
      }
    }
    throw fault("the string has no end")
  }

  private mutating func escape(to out: inout [UInt8]) throws(JSONFault) {
    guard position < bytes.count else { throw fault("the string has no end") }
    let kind = bytes[position]
    position += 1
    switch kind {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(kind)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "u"):
      var code = try codeUnit()
      if (0xD800..<0xDC00).contains(code) {
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
          bytes[position + 1] == UInt8(ascii: "u")
        else { throw fault("half of a surrogate pair is missing") }
        position += 2
        let low = try codeUnit()
        guard (0xDC00..<0xE000).contains(low) else {
          throw fault("half of a surrogate pair is missing")
        }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw fault("half of a surrogate pair is missing")
      }
      out.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    default: throw fault("there is no such escape")
    }
  }

  private mutating func codeUnit() throws(JSONFault) -> UInt32 {
    guard position + 4 <= bytes.count else { throw fault("four hexadecimal digits are expected") }
    var code: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Hex.digit(byte) else {
        throw fault("four hexadecimal digits are expected")
      }
      code = code << 4 | UInt32(digit)
    }
    position += 4
    return code
  }

  private mutating func digits() throws(JSONFault) {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    guard position > start else { throw fault("a value is expected here") }
  }

  /// Reads a number.
  /// - Throws: ``JSONFault`` also for one that is too large for a 64-bit float.
  package mutating func number() throws(JSONFault) -> Number {
    let start = position
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
    let first = position
    try digits()
    guard bytes[first] != UInt8(ascii: "0") || position == first + 1 else {
      throw fault("a number has no leading zeros")
    }
    var isInteger = true
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if position < bytes.count, "+-".utf8.contains(bytes[position]) { position += 1 }
      try digits()
    }
    if isInteger, let value = integer(start, first) { return .integer(value) }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw fault("the number does not fit a 64-bit float")
    }
    return .fraction(value)
  }

  /// The integer whose digits begin at `first`; nil when it does not fit.
  private func integer(_ start: Int, _ first: Int) -> Int64? {
    var value: Int64 = 0
    for byte in bytes[first..<position] {
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = product.subtractingReportingOverflow(Int64(byte & 0x0F))
      guard !isTooLarge, !isTooLargeNow else { return nil }
      value = sum
    }
    guard first == start else { return value }
    return value == .min ? nil : -value
  }
}
