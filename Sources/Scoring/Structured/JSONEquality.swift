import Model

extension JSON {
  /// The text that equal values share: members in the order of their names, numbers by their value,
  /// so that 1 and 1.0 are equal, as JSON Schema has it (core, section 4.2.2).
  var equalityBytes: [UInt8] {
    var out: [UInt8] = []
    withDecimals.append(to: &out) { $0.sorted { $0.name.precedes($1.name) } }
    return out
  }

  /// Returns true when both are the same value.
  func isEqual(to other: JSON) -> Bool {
    self == other || equalityBytes == other.equalityBytes
  }

  private var withDecimals: JSON {
    switch self {
    case .integer, .number: return JSONDecimal(self).map { .number($0.text) } ?? self
    case .array(let items): return .array(items.map(\.withDecimals))
    case .object(let object):
      return .object(JSON.Object(object.members.map { ($0.name, $0.value.withDecimals) }))
    default: return self
    }
  }
}
