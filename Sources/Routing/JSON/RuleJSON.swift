package import Model

/// A JSON value as a person wrote it, its members in their order.
indirect enum RuleJSON {
  case null
  case bool(Bool)
  case integer(Int64)
  case fraction(Double)
  case string(String)
  case array([RuleJSON])
  case object([Member])

  struct Member {
    let name: String
    let value: RuleJSON
  }

  /// The name of its kind in messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "an integer"
    case .fraction: "a number with a fraction"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

/// An error in a rule document, with its place.
package struct RuleFault: Sendable, Hashable, Codable {
  /// An RFC 6901 JSON Pointer; empty for the document itself.
  package let pointer: String
  package let message: String

  /// A fault at `pointer`.
  package init(pointer: String, message: String) {
    self.pointer = pointer
    self.message = message
  }
}

extension RuleFault: CustomStringConvertible {
  package var description: String { (pointer.isEmpty ? "the document" : pointer) + ": " + message }
}

/// All that is wrong with a rule document.
package struct RuleFaults: Error, Sendable, Hashable {
  package let faults: [RuleFault]

  /// These faults.
  package init(faults: [RuleFault]) { self.faults = faults }
}

extension RuleFaults: CustomStringConvertible {
  /// A line each, whatever the names of members hold.
  package var description: String {
    faults.map { TerminalText.line($0.description) }.joined(separator: "\n")
  }
}

/// A JSON Pointer that grows on the way down.
struct Pointer {
  private(set) var text = ""

  static func / (pointer: Pointer, name: String) -> Pointer {
    var text = pointer.text + "/"
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return Pointer(text: text)
  }

  static func / (pointer: Pointer, index: Int) -> Pointer {
    Pointer(text: pointer.text + "/\(index)")
  }
}

extension RuleJSON {
  /// The greatest size of a document in bytes.
  static let byteLimit = 4 << 20

  /// Reads a document; what no document may hold is added to `faults`: members given twice.
  /// - Throws: ``RuleFaults`` when the text is not JSON.
  static func read(_ bytes: [UInt8], _ faults: inout [RuleFault]) throws(RuleFaults) -> RuleJSON {
    guard bytes.count <= byteLimit else {
      throw RuleFaults(faults: [RuleFault(pointer: "", message: "it has more than 4 MiB")])
    }
    do throws(JSONFault) {
      var scanner = try JSONScanner(bytes)
      let value = try value(&scanner, Pointer(), depth: 0, &faults)
      try scanner.expectEnd()
      return value
    } catch {
      let before = bytes[..<error.offset]
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = error.offset - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
      throw RuleFaults(faults: [
        RuleFault(
          pointer: "", message: "not JSON at line \(line), column \(column): \(error.message)")
      ])
    }
  }

  private static func value(
    _ scanner: inout JSONScanner, _ pointer: Pointer, depth: Int, _ faults: inout [RuleFault]
  ) throws(JSONFault) -> RuleJSON {
    guard depth < JSONScanner.depthLimit else { throw scanner.fault("values are nested too deep") }
    switch scanner.peek() {
    case UInt8(ascii: "{"): return try object(&scanner, pointer, depth: depth, &faults)
    case UInt8(ascii: "["):
      var items: [RuleJSON] = []
      _ = scanner.take(UInt8(ascii: "["))
      if scanner.take(UInt8(ascii: "]")) { return .array(items) }
      repeat {
        items.append(try value(&scanner, pointer / items.count, depth: depth + 1, &faults))
      } while scanner.take(UInt8(ascii: ","))
      try scanner.expect(UInt8(ascii: "]"), "',' or ']'")
      return .array(items)
    case UInt8(ascii: "\""): return .string(try text(&scanner))
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
      switch try scanner.number() {
      case .integer(let value): return .integer(value)
      case .fraction(let value): return .fraction(value)
      }
    }
  }

  private static func text(_ scanner: inout JSONScanner) throws(JSONFault) -> String {
    var bytes: [UInt8] = []
    try scanner.string(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func object(
    _ scanner: inout JSONScanner, _ pointer: Pointer, depth: Int, _ faults: inout [RuleFault]
  ) throws(JSONFault) -> RuleJSON {
    var members: [Member] = []
    var names: Set<DataText> = []
    _ = scanner.take(UInt8(ascii: "{"))
    if scanner.take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      guard scanner.peek() == UInt8(ascii: "\"") else {
        throw scanner.fault("a member's name is expected here")
      }
      let name = try text(&scanner)
      if !names.insert(DataText(name)).inserted {
        faults.append(RuleFault(pointer: (pointer / name).text, message: "is given twice"))
      }
      try scanner.expect(UInt8(ascii: ":"), "':'")
      let value = try value(&scanner, pointer / name, depth: depth + 1, &faults)
      members.append(Member(name: name, value: value))
    } while scanner.take(UInt8(ascii: ","))
    try scanner.expect(UInt8(ascii: "}"), "',' or '}'")
    return .object(members)
  }

  /// The value that a digest is taken of; what it cannot hold is added to `faults`.
  func canonical(_ pointer: Pointer, _ faults: inout [RuleFault]) -> CanonicalJSON {
    switch self {
    case .bool(let value): return .bool(value)
    case .string(let text): return .string(text)
    case .integer(let value):
      // Other canonicalisers read numbers as 64-bit floats.
      if value.magnitude > 1 << 53 - 1 {
        faults.append(
          RuleFault(pointer: pointer.text, message: "is an integer beyond ±(2^53 − 1)"))
      }
      return .integer(value)
    case .fraction:
      faults.append(
        RuleFault(
          pointer: pointer.text,
          message: "is no integer: write a smaller unit (ppm, basis points) or a text"))
      return .integer(0)
    case .null:
      faults.append(RuleFault(pointer: pointer.text, message: "is null: leave the member out"))
      return .bool(false)
    case .array(let items):
      return .array(items.enumerated().map { $1.canonical(pointer / $0, &faults) })
    case .object(let members):
      var object: [DataText: CanonicalJSON] = [:]
      for member in members {
        object[member.name] = member.value.canonical(pointer / member.name, &faults)
      }
      return .object(object)
    }
  }
}

extension CanonicalJSON {
  /// The value of any JSON text of integers, texts, booleans, lists and objects.
  /// - Throws: ``RuleFaults`` when it is not such a text, or has nulls, fractions, or duplicate
  ///   members.
  package init(normalizing bytes: [UInt8]) throws(RuleFaults) {
    var faults: [RuleFault] = []
    self = try RuleJSON.read(bytes, &faults).canonical(Pointer(), &faults)
    guard faults.isEmpty else { throw RuleFaults(faults: faults) }
  }
}
