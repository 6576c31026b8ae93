/// Vectors are equal when their cells are, whatever the layout in memory.
extension ColumnVector: Equatable {
  package static func == (left: ColumnVector, right: ColumnVector) -> Bool {
    guard left.type == right.type, left.count == right.count else { return false }
    let comparison = CellComparison(left, right)
    return (0..<left.count).allSatisfy { comparison.areEqual($0, $0) }
  }
}

/// Compares cells of two vectors of the same type; null equals null, floats by their bits.
package struct CellComparison {
  private let left: ColumnVector
  private let right: ColumnVector

  /// Prepares to compare cells of `left` with cells of `right`.
  package init(_ left: ColumnVector, _ right: ColumnVector) {
    self.left = left
    self.right = right
  }

  /// Returns true when row `leftIndex` of the left vector and row `rightIndex` of the right hold
  /// the same value.
  package func areEqual(_ leftIndex: Int, _ rightIndex: Int) -> Bool {
    let hasLeft = left.hasValue(leftIndex)
    guard hasLeft == right.hasValue(rightIndex) else { return false }
    guard hasLeft else { return true }
    switch (left.values, right.values) {
    case (.bool(let first), .bool(let second)): return first[leftIndex] == second[rightIndex]
    case (.int64(let first), .int64(let second)): return first[leftIndex] == second[rightIndex]
    case (.float64(let first, let firstMarks), .float64(let second, let secondMarks)):
      return first[leftIndex].bitPattern == second[rightIndex].bitPattern
        && (firstMarks?[leftIndex] ?? false) == (secondMarks?[rightIndex] ?? false)
    default: return areTextsEqual(leftIndex, rightIndex)
    }
  }

  private func areTextsEqual(_ leftIndex: Int, _ rightIndex: Int) -> Bool {
    guard let first = left.values.text(leftIndex), let second = right.values.text(rightIndex)
    else { return false }
    guard first.range.count == second.range.count else { return false }
    return first.words.bytes[first.range].elementsEqual(second.words.bytes[second.range])
  }
}

extension ColumnVector.Values {
  /// The range of the text of row `index`; nil when the values are not texts.
  @inline(__always)
  package func text(_ index: Int) -> (words: TextValues, range: Range<Int>)? {
    switch self {
    case .text(let words): (words, words.range(index))
    case .dictionary(let codes, let words): (words, words.range(Int(codes[index])))
    default: nil
    }
  }
}
