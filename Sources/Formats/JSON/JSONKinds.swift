import Model

/// The kinds of a column's values, and so the narrowest type that holds them all.
struct JSONKinds: OptionSet, Sendable {
  /// The bits of `assay_json_column.met`.
  let rawValue: UInt32

  static let bool = JSONKinds(rawValue: 1)
  /// Integers that a double holds exactly.
  static let integer = JSONKinds(rawValue: 2)
  /// Integers beyond 2^53.
  static let wideInteger = JSONKinds(rawValue: 4)
  static let number = JSONKinds(rawValue: 8)
  static let string = JSONKinds(rawValue: 16)
  static let nested = JSONKinds(rawValue: 32)
  static let beyondInt64 = JSONKinds(rawValue: 64)
  static let beyondFloat64 = JSONKinds(rawValue: 128)

  static let beyond: JSONKinds = [.beyondInt64, .beyondFloat64]

  /// The narrowest type for values of these kinds; `json` when there are none.
  var type: ColumnType {
    if isEmpty { return .json }
    if self == .bool { return .bool }
    if isSubset(of: [.integer, .wideInteger]) { return .int64 }
    if isSubset(of: [.integer, .number]) { return .float64 }
    return self == .string ? .string : .json
  }

  /// The words for the kinds of single values that no type but `json` holds together; nil where
  /// there is such a type, or where some values are nested.
  var mixture: String? {
    guard type == .json, !isEmpty, isDisjoint(with: .nested) else { return nil }
    var words: [String] = []
    if contains(.bool) { words.append("truth values") }
    if !isDisjoint(with: JSONKinds.beyond.union([.integer, .wideInteger, .number])) {
      words.append("numbers")
    }
    if contains(.string) { words.append("texts") }
    return words.count == 1
      ? "fractions and integers that no float holds" : words.joined(separator: " and ")
  }

  /// The kinds that a column of `type` takes.
  static func fitting(_ type: ColumnType) -> JSONKinds {
    switch type {
    // 0 and 1 are, where that type is named.
    case .bool: [.bool, .integer]
    case .int64: [.integer, .wideInteger]
    case .float64: [.integer, .number]
    case .string, .timestamp: .string
    case .json, .file, .vector:
      [.bool, .integer, .wideInteger, .number, .string, .nested, .beyondInt64, .beyondFloat64]
    }
  }
}
