import Model

/// The fields of one context that rules ask for.
struct FieldValues {
  /// The kind of a field's value.
  enum Kind: UInt8 {
    /// Not there, or null, which is the same.
    case absent
    case bool, integer, fraction, text
    /// An object or a list.
    case other
    /// Not known to exist: the record does not contain the field.
    case unrecorded
  }

  /// A field; texts are a part of ``text``.
  struct Slot {
    var kind = Kind.absent
    /// An integer, a bool, or the bits of a fraction.
    var bits: Int64 = 0
    var start: Int32 = 0
    var count: Int32 = 0
  }

  private(set) var slots: [Slot]
  private(set) var text: [UInt8] = []

  /// Reads a context.
  /// - Parameter trusting: Whether the members of `principal` are taken, which only trusted callers
  ///   may state.
  /// - Throws: ``JSONFault`` when it is not a JSON object, or a field that is read occurs twice.
  init(_ json: [UInt8], _ index: FieldIndex, trusting: Bool) throws(JSONFault) {
    slots = [Slot](repeating: Slot(), count: index.slotCount)
    text.reserveCapacity(128)
    var reader = Reader(
      scanner: try JSONScanner(json), index: index, trusting: trusting,
      isSeen: [Bool](repeating: false, count: index.nodeCount))
    guard reader.scanner.peek() == UInt8(ascii: "{") else {
      throw reader.scanner.fault("a context is a JSON object")
    }
    try reader.object(node: 0, depth: 0, into: &self)
    try reader.scanner.expectEnd()
  }

  /// Takes fields, by their slots, for ones that were not recorded.
  mutating func forget(_ unrecorded: [Int]) {
    for slot in unrecorded { slots[slot] = Slot(kind: .unrecorded) }
  }

  /// The text of a slot.
  func text(of slot: Slot) -> ArraySlice<UInt8> {
    text[Int(slot.start)..<Int(slot.start + slot.count)]
  }

  private struct Reader {
    var scanner: JSONScanner
    let index: FieldIndex
    let trusting: Bool
    var isSeen: [Bool]
    var name: [UInt8] = []

    mutating func object(
      node: Int, depth: Int, into values: inout FieldValues
    ) throws(JSONFault) {
      try scanner.requireDepth(depth)
      var isOpen = try scanner.beginObject("a JSON object")
      while isOpen {
        name.removeAll(keepingCapacity: true)
        try scanner.name(to: &name)
        let child = index.child(of: node, named: name[...])
        let isIgnored = node == 0 && !trusting && name.elementsEqual("principal".utf8)
        if let child, !isIgnored {
          guard !isSeen[child] else {
            throw scanner.fault("a member of the context is given twice")
          }
          isSeen[child] = true
          try value(node: child, depth: depth + 1, into: &values)
        } else {
          try scanner.skip(depth: depth + 1)
        }
        isOpen = try scanner.hasNextMember()
      }
    }

    private mutating func value(
      node: Int, depth: Int, into values: inout FieldValues
    ) throws(JSONFault) {
      var slot = Slot()
      switch scanner.peek() {
      case UInt8(ascii: "\""):
        slot.kind = .text
        slot.start = Int32(values.text.count)
        try scanner.string(to: &values.text)
        slot.count = Int32(values.text.count) - slot.start
      case UInt8(ascii: "t"):
        try scanner.word("true")
        (slot.kind, slot.bits) = (.bool, 1)
      case UInt8(ascii: "f"):
        try scanner.word("false")
        slot.kind = .bool
      case UInt8(ascii: "n"): try scanner.word("null")
      case UInt8(ascii: "{"):
        slot.kind = .other
        if index.hasChildren(node) {
          try object(node: node, depth: depth, into: &values)
        } else {
          try scanner.skip(depth: depth)
        }
      case UInt8(ascii: "["):
        slot.kind = .other
        try scanner.skip(depth: depth)
      default:
        switch try scanner.number() {
        case .integer(let value): (slot.kind, slot.bits) = (.integer, value)
        case .fraction(let value):
          (slot.kind, slot.bits) = (.fraction, Int64(bitPattern: value.bitPattern))
        }
      }
      if let place = index.slot(of: node) { values.slots[place] = slot }
    }
  }
}
