import Columns
import Model

/// Whole columns from what Parquet keeps without nulls, and from one type to another.
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
      // A null row has the empty text.
      let empty = (0..<words.count).first { words.range($0).isEmpty } ?? words.count
      if empty == words.count { words.append([]) }
      var spread = [UInt32](repeating: UInt32(empty), count: count)
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

  /// The same values as another type; nil when there is no exact way, or a value does not fit.
  static func convert(_ vector: ColumnVector, to type: ColumnType) -> ColumnVector? {
    if vector.type == type { return vector }
    if vector.isAllNull { return .nulls(type, count: vector.count) }
    let values: ColumnVector.Values
    switch (vector.values, type) {
    case (.int64(let integers), .float64) where vector.type == .int64:
      guard integers.allSatisfy({ $0.magnitude <= 1 << 53 }) else { return nil }
      // Marked, as integers of a JSON file are that become float64.
      values = .float64(
        integers.map { Double($0) },
        integral: vector.validity ?? Bitmap(repeating: true, count: vector.count))
    case (.text(let texts), .timestamp) where vector.type == .string:
      var times = [Int64](repeating: 0, count: vector.count)
      for row in 0..<vector.count where vector.hasValue(row) {
        guard let time = Timestamp(parsing: texts.string(row)) else { return nil }
        times[row] = time.microseconds
      }
      values = .int64(times)
    case (.dictionary(let codes, let words), .timestamp) where vector.type == .string:
      let parsed = (0..<words.count).map { Timestamp(parsing: words.string($0))?.microseconds }
      var times = [Int64](repeating: 0, count: vector.count)
      for row in 0..<vector.count where vector.hasValue(row) {
        guard let time = parsed[Int(codes[row])] else { return nil }
        times[row] = time
      }
      values = .int64(times)
    case (.text, .file) where vector.type == .json: values = vector.values
    default: return nil
    }
    return ColumnVector(
      type: type, count: vector.count, validity: vector.validity, values: values)
  }
}
