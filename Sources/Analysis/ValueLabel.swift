package import Columns
package import Model

/// The label of a group, an arm or an item: the name of a value, and its identity.
///
/// Two labels are equal when the values are equal by the rule for keys (``KeyIdentities``),
/// whatever the types of their columns and however they are spelled: 1 and 1.0 are one group, the
/// text `1` is another, and so are two spellings of "é".
package struct ValueLabel: Hashable, Comparable, Sendable {
  /// The kind of a value; values of different kinds are never equal.
  package enum Kind: UInt8, Sendable {
    case null, bool, number, text, timestamp, nested
  }

  package let kind: Kind
  /// The value as text, the same for all spellings of it: a text as it is, `true`, `0.5`, `1`.
  package let text: DataText
  /// True when the name has quotes, to distinguish it from the number that reads the same.
  private let isQuoted: Bool

  private init(_ kind: Kind, _ text: String, isQuoted: Bool = false) {
    self.kind = kind
    self.text = DataText(text)
    self.isQuoted = isQuoted
  }

  /// The label of a missing value, as a part of a key.
  package static let null = ValueLabel(.null, "null")

  /// The label of a number.
  package init(_ number: KeyNumber) { self.init(.number, number.text) }

  /// The label of true or false.
  package init(_ bool: Bool) { self.init(.bool, bool ? "true" : "false") }

  /// The label of a text.
  package init(text: String) { self.init(.text, text) }

  /// The name of the value for people: texts without quotes, unless a value of the same column that
  /// is not text would have the same name.
  package var name: String {
    guard isQuoted else { return text.string }
    var bytes: [UInt8] = []
    JSON.append(text.string, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns true when `name`, as a user writes it, means this value: its name, or a number in
  /// another spelling.
  package func isCalled(_ name: String) -> Bool {
    if self.name.hasBytes(of: name) || text.string.hasBytes(of: name) { return true }
    return kind == .number && KeyNumber(json: Array(name.utf8)[...])?.text == text.string
  }

  package static func == (left: ValueLabel, right: ValueLabel) -> Bool {
    left.kind == right.kind && left.text == right.text
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(text)
  }

  package static func < (left: ValueLabel, right: ValueLabel) -> Bool {
    left.text == right.text ? left.kind.rawValue < right.kind.rawValue : left.text < right.text
  }
}

extension ValueLabel {
  /// The label of each value of a column; nil for null.
  static func labels(_ vector: ColumnVector) -> [ValueLabel?] {
    func present(_ label: (Int) -> ValueLabel) -> [ValueLabel?] {
      (0..<vector.count).map { vector.hasValue($0) ? label($0) : nil }
    }
    switch vector.values {
    case .none: return Array(repeating: nil, count: vector.count)
    case .bool(let bits): return present { ValueLabel(bits[$0]) }
    case .int64(let integers) where vector.type == .timestamp:
      return present {
        // As JSON writes a moment, which older documents kept.
        ValueLabel(.timestamp, "\"\(Timestamp(microseconds: integers[$0]))\"")
      }
    case .int64(let integers): return present { ValueLabel(.number, String(integers[$0])) }
    case .float64(let floats, _): return present { ValueLabel(KeyNumber(floats[$0])) }
    case .text(let words):
      return present { label(words.bytes[words.range($0)], in: vector.type) }
    case .dictionary(let codes, let words):
      let labels = (0..<words.count).map { label(words.bytes[words.range($0)], in: vector.type) }
      return present { labels[Int(codes[$0])] }
    }
  }

  private static func label(_ bytes: ArraySlice<UInt8>, in type: ColumnType) -> ValueLabel {
    if type.vectorForm != nil { return ValueLabel(.nested, Hex.encode(bytes)) }
    guard type == .json else { return ValueLabel(.text, String(decoding: bytes, as: UTF8.self)) }
    if let number = KeyNumber(json: bytes) { return ValueLabel(number) }
    switch JSONScalar(bytes) {
    case .bool(let value): return ValueLabel(value)
    case .text(let text):
      let isQuoted =
        KeyNumber(json: text[...]) != nil
        || text.first == UInt8(ascii: "\"")
        || ["true", "false", "null"].contains { text.elementsEqual($0.utf8) }
      return ValueLabel(.text, String(decoding: text, as: UTF8.self), isQuoted: isQuoted)
    case .integer, .float, nil:
      return ValueLabel(.nested, String(decoding: bytes, as: UTF8.self))
    }
  }
}

/// The identity of a cluster: a value, or the place of a missing one.
enum ClusterLabel: Hashable {
  case value(ValueLabel)
  case missing(Int)
}

extension [ValueLabel?] {
  /// The labels of clusters: what has no value stands for itself.
  var ownWhereMissing: [ClusterLabel] {
    enumerated().map { place, label in label.map(ClusterLabel.value) ?? .missing(place) }
  }
}
