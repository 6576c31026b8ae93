/// The reason for which a text is not JSON, and the byte.
package struct JSONFault: Error, Sendable, Hashable {
  /// Bytes before the fault.
  package let offset: Int
  package let message: String
}

/// Reads JSON text piece by piece, exactly as RFC 8259 has it.
///
/// Both readers of this module use it: that of rule documents, which keeps everything, and that of
/// contexts, which keeps only the fields that the rules read.
struct JSONScanner {
  /// A number; only one with neither a fraction nor an exponent is an integer.
  enum Number {
    case integer(Int64)
    case fraction(Double)
  }

  /// The greatest depth of nested values.
  static let depthLimit = 32

  let bytes: [UInt8]
  private(set) var position = 0

  /// Text to be read.
  /// - Throws: ``JSONFault`` when it is not UTF-8.
  init(_ bytes: [UInt8]) throws(JSONFault) {
    self.bytes = bytes
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw JSONFault(offset: error.byteOffsets.lowerBound, message: "this is not UTF-8")
    }
  }

  func fault(_ message: String) -> JSONFault { JSONFault(offset: position, message: message) }

  /// The next character that is not white space; nil at the end.
  mutating func peek() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      case let byte: return byte
      }
    }
    return nil
  }

  /// Takes the next character when it is `byte`.
  mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    position += 1
    return true
  }

  mutating func expect(_ byte: UInt8, _ what: String) throws(JSONFault) {
    guard take(byte) else { throw fault("\(what) is expected here") }
  }

  /// Throws unless only white space is left.
  mutating func expectEnd() throws(JSONFault) {
    guard peek() == nil else { throw fault("the JSON ends before this") }
  }

  mutating func word(_ word: StaticString) throws(JSONFault) {
    for index in 0..<word.utf8CodeUnitCount {
      let byte = unsafe word.utf8Start[index]
      guard position < bytes.count, bytes[position] == byte else {
        throw fault("a value is expected here")
      }
      position += 1
    }
  }

  /// Appends the bytes of a string, its escapes resolved.
  mutating func string(to out: inout [UInt8]) throws(JSONFault) {
    try expect(UInt8(ascii: "\""), "a string")
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"): try escape(to: &out)
      case 0..<0x20: throw fault("a control character has to be escaped")
      default: out.append(byte)
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
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
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

  mutating func number() throws(JSONFault) -> Number {
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
      if position < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[position]) {
        position += 1
      }
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

  /// Passes over a string.
  mutating func skipString() throws(JSONFault) {
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"):
        var ignored: [UInt8] = []
        try escape(to: &ignored)
      case 0..<0x20: throw fault("a control character has to be escaped")
      default: break
      }
    }
    throw fault("the string has no end")
  }

  /// Passes over a value of any kind.
  mutating func skip(depth: Int) throws(JSONFault) {
    guard depth < Self.depthLimit else { throw fault("values are nested too deep") }
    switch peek() {
    case UInt8(ascii: "{"):
      position += 1
      if take(UInt8(ascii: "}")) { return }
      repeat {
        guard peek() == UInt8(ascii: "\"") else { throw fault("a member's name is expected here") }
        try skipString()
        try expect(UInt8(ascii: ":"), "':'")
        try skip(depth: depth + 1)
      } while take(UInt8(ascii: ","))
      try expect(UInt8(ascii: "}"), "',' or '}'")
    case UInt8(ascii: "["):
      position += 1
      if take(UInt8(ascii: "]")) { return }
      repeat { try skip(depth: depth + 1) } while take(UInt8(ascii: ","))
      try expect(UInt8(ascii: "]"), "',' or ']'")
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    case nil: throw fault("the JSON ends too soon")
    default: _ = try number()
    }
  }
}
