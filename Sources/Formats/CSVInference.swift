import Model

/// What the cells of one column have been so far, and the narrowest type that gives them all back.
struct CSVInference {
  /// Kinds of cells, as bits of ``seen``.
  private struct Kinds: OptionSet {
    let rawValue: UInt8
    static let bool = Kinds(rawValue: 1)
    static let integer = Kinds(rawValue: 2)
    /// An integer that a double may not hold.
    static let wideInteger = Kinds(rawValue: 4)
    static let fraction = Kinds(rawValue: 8)
    static let text = Kinds(rawValue: 16)
    /// `nan`, `inf` or `-inf`, which are numbers only among others.
    static let nonFinite = Kinds(rawValue: 32)
  }

  /// The integers up to this one, of either sign, are doubles too.
  static let exactIntegerLimit: Int64 = 1 << 53

  private var seen: Kinds = []

  /// The type of the column; text when no cell has a value.
  var type: ColumnType {
    if seen == .bool { return .bool }
    if seen.isEmpty || !seen.isDisjoint(with: [.bool, .text]) { return .string }
    if seen.contains(.nonFinite), seen.isDisjoint(with: [.integer, .fraction]) { return .string }
    guard !seen.isDisjoint(with: [.fraction, .nonFinite]) else { return .int64 }
    return seen.contains(.wideInteger) ? .string : .float64
  }

  /// Takes note of every `stride`th cell from `column` on.
  mutating func observe(
    _ cells: [CSVCell], column: Int, stride: Int, in bytes: UnsafeRawBufferPointer
  ) {
    var index = column
    // Once a column is text, nothing can change that.
    while index < cells.count, !seen.contains(.text) {
      let cell = cells[index]
      if !cell.isNull {
        let text = unsafe UnsafeRawBufferPointer(
          rebasing: bytes[cell.start..<cell.start + cell.count])
        unsafe seen.formUnion(Self.kind(of: text))
      }
      index += stride
    }
  }

  private static func kind(of text: UnsafeRawBufferPointer) -> Kinds {
    guard let first = unsafe text.first else { return .text }
    guard first &- 48 <= 9 || first == UInt8(ascii: "-") else {
      if unsafe CSVNumber.nonFinite(text) != nil { return .nonFinite }
      return unsafe CSVBool(strict: text) == nil ? .text : .bool
    }
    if let integer = unsafe CSVNumber.integer(text) {
      return (-exactIntegerLimit...exactIntegerLimit).contains(integer)
        ? .integer : [.integer, .wideInteger]
    }
    // What looks like an integer but is none (too large, -0) would come back changed.
    guard let number = unsafe CSVNumber(text), !number.isInteger,
      unsafe number.isRepresentable(text)
    else { return unsafe CSVNumber.nonFinite(text) == nil ? .text : .nonFinite }
    return .fraction
  }
}

/// How truth is spelt in a cell.
struct CSVBool {
  let value: Bool

  /// Reads `true` or `false`; nil for anything else.
  init?(strict text: UnsafeRawBufferPointer) {
    if unsafe text.elementsEqual("true".utf8) {
      value = true
    } else if unsafe text.elementsEqual("false".utf8) {
      value = false
    } else {
      return nil
    }
  }

  /// Reads also `True`, `TRUE`, `1` and their contraries, for a column that is said to be bool.
  init?(lenient text: UnsafeRawBufferPointer) {
    switch unsafe String(decoding: text, as: UTF8.self) {
    case "true", "True", "TRUE", "1": value = true
    case "false", "False", "FALSE", "0": value = false
    default: return nil
    }
  }
}
