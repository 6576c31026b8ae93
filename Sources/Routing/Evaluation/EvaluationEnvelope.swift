package import Model

/// A JSON object that has a context among its members, whose bytes are not changed.
package struct EvaluationEnvelope: Sendable, Hashable {
  /// The context's JSON text; an empty object when it is absent.
  package private(set) var context = Array("{}".utf8)
  /// The version that is to decide; nil for the live one.
  package private(set) var version: String?
  /// True when nothing is to be recorded.
  package private(set) var isDry = false

  /// True when the context is an object, or left out; without `isStrict` it may be another value.
  package private(set) var hasObject = true

  /// Reads an envelope.
  ///
  /// Unless it is strict, members other than `context` are ignored.
  /// - Throws: ``JSONFault`` when it is no JSON object or, being strict, has members that are not
  ///   known.
  package init(parsing bytes: [UInt8], isStrict: Bool = true) throws(JSONFault) {
    var scanner = try JSONScanner(bytes)
    var seen: Set<DataText> = []
    var isOpen = try scanner.beginObject("an object with a member 'context'")
    while isOpen {
      let name = try scanner.name()
      guard seen.insert(DataText(name)).inserted else {
        throw scanner.fault("a member is given twice")
      }
      if isStrict {
        try member(name, &scanner)
      } else {
        try lenientMember(name, &scanner)
      }
      isOpen = try scanner.hasNextMember()
    }
    try scanner.expectEnd()
  }

  private mutating func lenientMember(
    _ name: String, _ scanner: inout JSONScanner
  ) throws(JSONFault) {
    let first = scanner.peek()
    let start = scanner.position
    try scanner.skip(depth: 1)
    guard name == "context" else { return }
    hasObject = first == UInt8(ascii: "{")
    context = Array(scanner.bytes[start..<scanner.position])
  }

  private mutating func member(_ name: String, _ scanner: inout JSONScanner) throws(JSONFault) {
    let first = scanner.peek()
    switch name {
    case "context":
      guard first == UInt8(ascii: "{") else { throw scanner.fault("a context is a JSON object") }
      let start = scanner.position
      try scanner.skip(depth: 1)
      context = Array(scanner.bytes[start..<scanner.position])
    case "version":
      version = try scanner.text()
    case "dry":
      try scanner.word(first == UInt8(ascii: "t") ? "true" : "false")
      isDry = first == UInt8(ascii: "t")
    default: throw scanner.fault("there is no member '\(name.prefix(50))' here")
    }
  }
}
