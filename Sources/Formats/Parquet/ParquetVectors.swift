import Columns
import Model

/// Whole columns from what Parquet keeps without nulls.
enum ParquetVectors {
  /// `dense`, which has no place for the rows that are not `present`, with those null.
  static func scatter(_ dense: ColumnVector, _ present: [Bool]) -> ColumnVector {
    let count = present.count
    if dense.count == count { return dense }
    var validity = Bitmap(count: count)
    var index = 0
    for (row, isPresent) in present.enumerated() where isPresent {
      if dense.hasValue(index) { validity[row] = true }
      index += 1
    }
    let values: ColumnVector.Values
    switch dense.values {
    case .none: return .nulls(dense.type, count: count)
    case .bool(let bits):
      var spread = Bitmap(count: count)
      each(present) { if bits[$1] { spread[$0] = true } }
      values = .bool(spread)
    case .int64(let integers):
      var spread = [Int64](repeating: 0, count: count)
      each(present) { spread[$0] = integers[$1] }
      values = .int64(spread)
    case .float64(let floats, let integral):
      var spread = [Double](repeating: 0, count: count)
      each(present) { spread[$0] = floats[$1] }
      var marks: Bitmap?
      if let integral {
        var bits = Bitmap(count: count)
        each(present) { if integral[$1] { bits[$0] = true } }
        marks = bits
      }
      values = .float64(spread, integral: marks)
    case .text(let texts):
      var offsets: [UInt32] = [0]
      offsets.reserveCapacity(count + 1)
      var index = 0
      for isPresent in present {
        if isPresent { index += 1 }
        offsets.append(texts.offsets[index])
      }
      values = .text(TextValues(offsets: offsets, bytes: texts.bytes))
    case .dictionary(let codes, var words):
      var spread = [UInt32](repeating: words.emptyIndex(), count: count)
      each(present) { spread[$0] = codes[$1] }
      values = .dictionary(codes: spread, words: words)
    }
    return ColumnVector(type: dense.type, count: count, validity: validity, values: values)
  }

  /// Calls `body` with each row that is present and the index of its value.
  private static func each(_ present: [Bool], _ body: (Int, Int) -> Void) {
    var index = 0
    for (row, isPresent) in present.enumerated() where isPresent {
      body(row, index)
      index += 1
    }
  }
}
