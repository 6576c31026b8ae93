import Foundation
import Model

extension RowScript {
  /// The script that makes `new` from `base`, copying each row whose value is that of its row in
  /// the base.
  ///
  /// `baseRows[i]` is the base's row that row i of `new` continues, or -1 when it is a new row.
  /// Both vectors have the same type. So a new row in the result either has no row in the base or
  /// differs from it: readers of deltas rely on that.
  package init(from base: ColumnVector, to new: ColumnVector, baseRows: [Int32]) {
    self.init()
    let left = base.validity
    let right = new.validity
    if left == nil, right == nil {
      appendRows(new, baseRows, Self.equality(base.values, new.values)) { _, _ in nil }
      return
    }
    appendRows(new, baseRows, Self.equality(base.values, new.values)) { baseRow, row in
      let hasLeft = left?[baseRow] ?? true
      let hasRight = right?[row] ?? true
      return hasLeft && hasRight ? nil : hasLeft == hasRight
    }
  }

  private enum Equality {
    case never
    case always
    case bits(Bitmap, Bitmap)
    case integers([Int64], [Int64])
    case floats([Double], Bitmap?, [Double], Bitmap?)
    case texts(TextView, TextView)
  }

  private static func equality(
    _ base: ColumnVector.Values, _ new: ColumnVector.Values
  ) -> Equality {
    switch (base, new) {
    case (.none, .none): .always
    case (.bool(let first), .bool(let second)): .bits(first, second)
    case (.int64(let first), .int64(let second)): .integers(first, second)
    case (.float64(let first, let firstMarks), .float64(let second, let secondMarks)):
      .floats(first, firstMarks, second, secondMarks)
    default:
      if let first = TextView(base), let second = TextView(new) {
        .texts(first, second)
      } else {
        .never
      }
    }
  }

  private mutating func appendRows(
    _ new: ColumnVector, _ baseRows: [Int32], _ equality: Equality,
    nullRule: (Int, Int) -> Bool?
  ) {
    switch equality {
    case .never: append(baseRows, nullRule) { _, _ in false }
    case .always: append(baseRows, nullRule) { _, _ in true }
    case .bits(let first, let second): append(baseRows, nullRule) { first[$0] == second[$1] }
    case .integers(let first, let second): append(baseRows, nullRule) { first[$0] == second[$1] }
    case .floats(let first, let firstMarks, let second, let secondMarks):
      append(baseRows, nullRule) {
        first[$0].bitPattern == second[$1].bitPattern
          && (firstMarks?[$0] ?? false) == (secondMarks?[$1] ?? false)
      }
    case .texts(let first, let second):
      unsafe first.words.bytes.withUnsafeBytes { left in
        unsafe second.words.bytes.withUnsafeBytes { right in
          append(baseRows, nullRule) {
            let leftRange = first.range($0)
            let rightRange = second.range($1)
            guard leftRange.count == rightRange.count else { return false }
            guard !leftRange.isEmpty, let leftBase = left.baseAddress,
              let rightBase = right.baseAddress
            else { return true }
            // Ranges of checked vectors lie within their bytes.
            return unsafe memcmp(
              leftBase + leftRange.lowerBound, rightBase + rightRange.lowerBound, leftRange.count)
              == 0
          }
        }
      }
    }
  }

  @inline(__always)
  private mutating func append(
    _ baseRows: [Int32], _ nullRule: (Int, Int) -> Bool?, _ areEqual: (Int, Int) -> Bool
  ) {
    for (row, baseRow) in baseRows.enumerated() {
      let isCopy =
        baseRow >= 0 && (nullRule(Int(baseRow), row) ?? areEqual(Int(baseRow), row))
      appendRow(copying: isCopy ? baseRow : nil)
    }
  }
}

/// Texts of a column behind one accessor, with or without a dictionary.
package struct TextView: Sendable {
  package let codes: [UInt32]?
  package let words: TextValues

  /// The texts of `values`; nil when they are not texts.
  package init?(_ values: ColumnVector.Values) {
    switch values {
    case .text(let words):
      codes = nil
      self.words = words
    case .dictionary(let codes, let words):
      self.codes = codes
      self.words = words
    default: return nil
    }
  }

  /// The range of the text of row `index` in `words.bytes`.
  @inline(__always)
  package func range(_ index: Int) -> Range<Int> {
    if let codes { words.range(Int(codes[index])) } else { words.range(index) }
  }
}
