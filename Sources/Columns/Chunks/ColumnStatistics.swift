import Model

/// The least and greatest value of a chunk (a zone map), by which a scan skips it.
package struct ColumnStatistics: Equatable, Sendable {
  package let nullCount: Int
  /// The least value as a word: the integer's or moment's bits, 0 or 1, the float's bits, or a
  /// text's first eight bytes, most significant first and padded with zeros.
  package let minimum: UInt64
  /// The greatest value, likewise; a text may go on after its eight bytes.
  package let maximum: UInt64
}

extension ColumnVector {
  /// The column's statistics; nil where they say nothing: all null, nested values, NaN.
  package var statistics: ColumnStatistics? {
    let words: (minimum: UInt64, maximum: UInt64)?
    switch values {
    case .none: words = nil
    case .bool(let bits): words = bounds { bits[$0] ? Int64(1) : 0 }
    case .int64(let integers): words = bounds { integers[$0] }
    case .float64(let floats, _): words = bounds(floats)
    case .text, .dictionary:
      guard type == .string, let text = TextView(values) else { return nil }
      words = bounds(text)
    }
    guard let words else { return nil }
    let nullCount = validity.map { count - $0.setCount } ?? 0
    return ColumnStatistics(nullCount: nullCount, minimum: words.minimum, maximum: words.maximum)
  }

  @inline(__always)
  private func bounds(_ value: (Int) -> Int64) -> (minimum: UInt64, maximum: UInt64)? {
    var least = Int64.max
    var most = Int64.min
    for row in 0..<count where hasValue(row) {
      least = min(least, value(row))
      most = max(most, value(row))
    }
    return (UInt64(bitPattern: least), UInt64(bitPattern: most))
  }

  private func bounds(_ floats: [Double]) -> (minimum: UInt64, maximum: UInt64)? {
    var least = Double.infinity
    var most = -Double.infinity
    for row in 0..<count where hasValue(row) {
      guard !floats[row].isNaN else { return nil }
      least = min(least, floats[row])
      most = max(most, floats[row])
    }
    return (least.bitPattern, most.bitPattern)
  }

  private func bounds(_ text: TextView) -> (minimum: UInt64, maximum: UInt64)? {
    var least = UInt64.max
    var most = UInt64.min
    for row in 0..<count where hasValue(row) {
      let range = text.range(row)
      var word: UInt64 = 0
      for index in range.lowerBound..<min(range.upperBound, range.lowerBound + 8) {
        word = word << 8 | UInt64(text.words.bytes[index])
      }
      if range.count < 8 { word <<= UInt64(8 * (8 - range.count)) }
      least = min(least, word)
      most = max(most, word)
    }
    return (least, most)
  }
}
