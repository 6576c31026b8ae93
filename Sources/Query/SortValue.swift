import Columns
import Model

/// A value in the order in which SQLite sorts: null, then numbers, then texts byte by byte.
///
/// Timestamps, which are sorted only among themselves, are represented as numbers.
enum SortValue {
  case null
  case integer(Int64)
  case real(Double)
  case text([UInt8])

  /// Row `row` of a vector.
  init(_ vector: ColumnVector, row: Int) {
    guard vector.hasValue(row) else {
      self = .null
      return
    }
    switch vector.values {
    case .none: self = .null
    case .bool(let bits): self = .integer(bits[row] ? 1 : 0)
    case .int64(let integers): self = .integer(integers[row])
    case .float64(let reals, _): self = reals[row].isNaN ? .null : .real(reals[row])
    case .text(let texts):
      self.init(texts.bytes[texts.range(row)], vector.type)
    case .dictionary(let codes, let words):
      self.init(words.bytes[words.range(Int(codes[row]))], vector.type)
    }
  }

  private init(_ text: ArraySlice<UInt8>, _ type: ColumnType) {
    guard type == .json, let first = text.first, first != UInt8(ascii: "{"),
      first != UInt8(ascii: "[")
    else {
      self = .text(Array(text))
      return
    }
    switch JSONScalar(text) {
    case .bool(let value): self = .integer(value ? 1 : 0)
    case .integer(let value): self = .integer(value)
    case .float(let value): self = .real(value)
    case .text(let bytes): self = .text(bytes)
    case nil: self = .null
    }
  }

  /// Negative when this value comes before `other`, zero when they are equal.
  func compare(_ other: SortValue) -> Int {
    switch (self, other) {
    case (.null, .null): 0
    case (.integer(let left), .integer(let right)): left < right ? -1 : left > right ? 1 : 0
    case (.real(let left), .real(let right)): left < right ? -1 : left > right ? 1 : 0
    case (.integer(let left), .real(let right)): Self.compare(left, right)
    case (.real(let left), .integer(let right)): -Self.compare(right, left)
    case (.text(let left), .text(let right)):
      left.lexicographicallyPrecedes(right) ? -1 : right.lexicographicallyPrecedes(left) ? 1 : 0
    default: rank - other.rank
    }
  }

  private var rank: Int {
    switch self {
    case .null: 0
    case .integer, .real: 1
    case .text: 2
    }
  }

  private static func compare(_ integer: Int64, _ real: Double) -> Int {
    if real >= 0x1p63 { return -1 }
    if real < -0x1p63 { return 1 }
    let floor = Int64(real.rounded(.down))
    if integer != floor { return integer < floor ? -1 : 1 }
    return Double(floor) < real ? -1 : 0
  }
}
