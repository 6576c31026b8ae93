package import Columns
package import Model

/// A saved value that does not fit the type that was named for its column.
package struct OtherValue: Error {
  /// Its row, from 0.
  package let row: Int
}

extension ColumnVector {
  /// True when saved values of one type may be read as another that was named for their column:
  /// texts and JSON as what they write, 0 and 1 as truth values.
  package static func canRetell(_ type: ColumnType, as wanted: ColumnType) -> Bool {
    switch (type, wanted) {
    case (.string, .bool), (.string, .int64), (.string, .float64), (.string, .timestamp): true
    case (.json, .bool), (.json, .int64), (.json, .float64), (.json, .timestamp): true
    case (.int64, .bool), (.float64, .bool): true
    default: false
    }
  }

  /// The same values as `wanted`: texts as the cells of a CSV file are read, 0 and 1 as truth.
  /// - Throws: ``OtherValue`` for the first that does not fit it, or that would be rounded or null.
  package func converted(as wanted: ColumnType) throws(OtherValue) -> ColumnVector {
    if type == wanted { return self }
    if isAllNull { return .nulls(wanted, count: count) }
    guard Self.canRetell(type, as: wanted) else { throw OtherValue(row: 0) }
    return switch type {
    case .int64, .float64: try truths()
    default: try read(as: wanted)
    }
  }

  /// 0 and 1 as truth values.
  private func truths() throws(OtherValue) -> ColumnVector {
    var bits = Bitmap(repeating: false, count: count)
    for row in 0..<count where hasValue(row) {
      let number: Double? =
        switch values {
        case .int64(let integers): integers[row] == 0 ? 0 : integers[row] == 1 ? 1 : nil
        case .float64(let floats, _): floats[row]
        default: nil
        }
      guard let number, number == 0 || number == 1 else { throw OtherValue(row: row) }
      bits[row] = number == 1
    }
    return ColumnVector(type: .bool, count: count, validity: validity, values: .bool(bits))
  }

  private func read(as wanted: ColumnType) throws(OtherValue) -> ColumnVector {
    var column = CSVColumn(type: wanted, form: CSVCellForm(CSVForm()))
    for row in 0..<count {
      let text = try cell(row, as: wanted)
      let cell = CSVCell(start: 0, count: text.count, isQuoted: true)
      let isRead = unsafe text.withUnsafeBytes { bytes in
        unsafe column.append([cell], column: 0, stride: 1, from: bytes) == nil
      }
      guard isRead else { throw OtherValue(row: row) }
    }
    guard let vector = try? column.finish(lines: (0..<count).map { UInt32($0) }) else {
      throw OtherValue(row: 0)
    }
    if let row = column.readings.firstRoundedLine { throw OtherValue(row: Int(row)) }
    // A word for null is a text, too.
    if let row = (0..<count).first(where: { hasValue($0) && !vector.hasValue($0) }) {
      throw OtherValue(row: row)
    }
    return vector
  }

  /// A text or a value of JSON as a cell of a CSV file; no bytes for null.
  private func cell(_ row: Int, as wanted: ColumnType) throws(OtherValue) -> [UInt8] {
    guard hasValue(row), let text = values.text(row) else { return [] }
    let bytes = text.words.bytes[text.range]
    if type == .string { return Array(bytes) }
    switch JSONScalar(bytes) {
    case .text(let moment) where wanted == .timestamp: return moment
    case .bool where wanted == .bool: return Array(bytes)
    case .integer where wanted != .timestamp, .float where wanted != .timestamp:
      return Array(bytes)
    default: throw OtherValue(row: row)
    }
  }
}
