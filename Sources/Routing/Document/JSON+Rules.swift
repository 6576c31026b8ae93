package import Model

extension JSON {
  /// The greatest size of a rule document in bytes.
  private static let ruleByteLimit = 4 << 20

  /// Reads a rule document, without its members' names or values being checked.
  /// - Throws: ``RuleFaults`` when the text is not JSON.
  init(ruleDocument bytes: [UInt8]) throws(RuleFaults) {
    guard bytes.count <= Self.ruleByteLimit else {
      throw RuleFaults(faults: [RuleFault(pointer: "", message: "it has more than 4 MiB")])
    }
    do throws(JSONFault) {
      self = try JSON(parsing: bytes, keepingDuplicates: true)
    } catch {
      throw RuleFaults(faults: [
        RuleFault(pointer: "", message: "not JSON at " + error.description(in: bytes))
      ])
    }
  }

  /// The value of any JSON text of integers, texts, booleans, lists and objects.
  /// - Throws: ``RuleFaults`` when it is not such a text, or has nulls, fractions, or duplicate
  ///   members.
  package init(normalizing bytes: [UInt8]) throws(RuleFaults) {
    var faults: [RuleFault] = []
    self = try JSON(ruleDocument: bytes)
    noteUncanonical(JSONPointer(), &faults)
    guard faults.isEmpty else { throw RuleFaults(faults: faults) }
  }

  /// Adds to `faults` what a value that a digest is taken of cannot have: nulls, members given
  /// twice, and numbers that programs print in several ways.
  func noteUncanonical(_ pointer: JSONPointer, _ faults: inout [RuleFault]) {
    func note(_ message: String, at pointer: JSONPointer) {
      faults.append(RuleFault(pointer: pointer.text, message: message))
    }
    switch self {
    case .bool, .string, .verbatim: break
    case .integer(let value):
      // Other canonicalisers read numbers as 64-bit floats.
      if value.magnitude > 1 << 53 - 1 { note("is an integer beyond ±(2^53 − 1)", at: pointer) }
    case .number("-0"): note("is -0: write 0", at: pointer)
    case .number:
      note("is not an integer: write a smaller unit (ppm, basis points) or a text", at: pointer)
    case .null: note("is null: leave the member out", at: pointer)
    case .array(let items):
      for (index, item) in items.enumerated() { item.noteUncanonical(pointer / index, &faults) }
    case .object(let object):
      var seen: Set<DataText> = []
      for member in object.members {
        let place = pointer / member.name
        if !seen.insert(DataText(member.name)).inserted { note("is given twice", at: place) }
        member.value.noteUncanonical(place, &faults)
      }
    }
  }

  /// The name of its kind in messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "an integer"
    case .number, .verbatim: "a number with a fraction"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
