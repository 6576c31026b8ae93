import Model

/// A reader of rule documents that collects every fault in one pass.
///
/// Reading goes on after a fault with a substitute, so that all faults are reported at once; the
/// result is used only without faults.
struct RuleSetReader {
  private(set) var faults: [RuleFault] = []
  /// The targets there are, to check references to them.
  var targets: [String] = []
  /// The roots that paths may begin with.
  var roots = FieldPath.roots

  /// A value and where it is.
  struct Place {
    let value: JSON
    let pointer: JSONPointer
  }

  /// The members of an object that were requested.
  struct Members {
    let pointer: JSONPointer
    fileprivate let places: [(name: String, place: Place)]

    subscript(name: String) -> Place? {
      places.first { Carving.isSame($0.name, name) }?.place
    }
  }

  /// A reader of `document`, in which what has no canonical form is noted.
  init(_ document: JSON) { document.noteUncanonical(JSONPointer(), &faults) }

  mutating func note(_ message: String, at pointer: JSONPointer) {
    faults.append(RuleFault(pointer: pointer.text, message: message))
  }

  private mutating func wrong(_ place: Place, _ wanted: String) {
    note("is \(place.value.kind), where \(wanted) is expected", at: place.pointer)
  }

  /// An object with the required members, and no others than those and the optional ones.
  mutating func object(
    _ place: Place, required: [String], optional: [String] = []
  ) -> Members? {
    guard case .object(let given) = place.value else {
      wrong(place, "an object")
      return nil
    }
    let known = required + optional
    for member in given.members where !known.contains(where: { Carving.isSame($0, member.name) }) {
      note(
        "is not known here; " + Spelling.advice(member.name, known), at: place.pointer / member.name
      )
    }
    let members = Members(
      pointer: place.pointer,
      places: given.members.map { member in
        (member.name, Place(value: member.value, pointer: place.pointer / member.name))
      })
    for name in required where members[name] == nil {
      note("is missing", at: place.pointer / name)
    }
    return members
  }

  /// Any members, in their order.
  mutating func anyMembers(_ place: Place) -> [(name: String, place: Place)] {
    guard case .object(let given) = place.value else {
      wrong(place, "an object")
      return []
    }
    return given.members.map { ($0.name, Place(value: $0.value, pointer: place.pointer / $0.name)) }
  }

  mutating func text(_ place: Place?, atMost limit: Int = 256, empty: Bool = false) -> String {
    guard let place else { return "" }
    guard case .string(let text) = place.value else {
      wrong(place, "a text")
      return ""
    }
    if text.isEmpty, !empty { note("is empty", at: place.pointer) }
    if text.utf8.count > limit { note("has more than \(limit) bytes", at: place.pointer) }
    return text
  }

  mutating func integer(_ place: Place?, in range: ClosedRange<Int>) -> Int {
    guard let place else { return range.lowerBound }
    guard case .integer(let value) = place.value else {
      wrong(place, "an integer")
      return range.lowerBound
    }
    guard let number = Int(exactly: value), range.contains(number) else {
      note("is not in \(range.lowerBound)…\(range.upperBound)", at: place.pointer)
      return range.lowerBound
    }
    return number
  }

  mutating func flag(_ place: Place?, default flag: Bool) -> Bool {
    guard let place else { return flag }
    guard case .bool(let value) = place.value else {
      wrong(place, "true or false")
      return flag
    }
    return value
  }

  mutating func list(_ place: Place?, atLeast: Int = 0, atMost: Int = 10_000) -> [Place] {
    guard let place else { return [] }
    guard case .array(let items) = place.value else {
      wrong(place, "a list")
      return []
    }
    if items.count < atLeast { note("is empty", at: place.pointer) }
    if items.count > atMost { note("has more than \(atMost) items", at: place.pointer) }
    return items.prefix(atMost).enumerated().map {
      Place(value: $1, pointer: place.pointer / $0)
    }
  }

  mutating func choice(_ place: Place, _ names: [String]) -> String? {
    let text = text(place)
    if names.contains(where: { Carving.isSame($0, text) }) { return text }
    if !text.isEmpty {
      note("is '\(text.prefix(50))': " + Spelling.advice(text, names), at: place.pointer)
    }
    return nil
  }

  /// Notes the second of two equal names.
  mutating func requireUnique(_ names: [(name: String, pointer: JSONPointer)], _ what: String) {
    var seen: Set<[UInt8]> = []
    for (name, pointer) in names where !name.isEmpty {
      if !seen.insert(Array(name.utf8)).inserted {
        note("is the second \(what) named '\(name)'", at: pointer)
      }
    }
  }

  /// The name of a target that there is.
  mutating func target(_ place: Place?) -> String {
    let name = text(place)
    if let place, !name.isEmpty, !targets.contains(where: { Carving.isSame($0, name) }) {
      note("there is no target '\(name)'; " + Spelling.advice(name, targets), at: place.pointer)
    }
    return name
  }

  /// A path to a field of a context.
  mutating func path(_ text: String, at pointer: JSONPointer) -> FieldPath {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let root = String(text.prefix { $0 != "." })
    if !roots.contains(where: { Carving.isSame($0, root) }) {
      let known = roots.map { $0 + ".…" }
      note(
        "'\(text.prefix(50))' begins with no known root; there are \(known.joined(separator: ", "))",
        at: pointer)
    } else if parts.count < 2 || parts.contains(where: \.isEmpty) {
      note("'\(text.prefix(50))' is not a path like \(root).name", at: pointer)
    } else if parts.count > 16 {
      note("has more than 16 parts", at: pointer)
    } else if Carving.isSame(root, "headers"), text.utf8.contains(where: { (65...90).contains($0) })
    {
      note("names of headers are in lower case here", at: pointer)
    }
    return FieldPath(text)
  }
}
