import CSimdjson
import Columns
import Model

/// Makes a vector of the typed cells of one column; rows without a cell are null.
///
/// A value built as `json` becomes its JSON text: 41 `41`, 1.5 `1.5`, the string 4f2a `"4f2a"`.
@safe struct ColumnBuilder {
  /// In row order, at most one a row.
  let cells: UnsafeBufferPointer<assay_json_cell>
  /// What string cells point into.
  let block: UnsafePointer<UInt8>
  /// What unescaped and nested cells point into.
  let text: UnsafePointer<UInt8>
  /// The bytes of all texts.
  let textBytes: Int
  let kinds: JSONKinds
  let rowCount: Int

  /// The values as `type`.
  /// - Throws: ``Misfit`` for the first value that is not of the type.
  func vector(as type: ColumnType) throws(Misfit) -> ColumnVector {
    if !kinds.isSubset(of: .fitting(type)) { throw firstMisfit(type) }
    guard cellCount > 0 else { return .nulls(type, count: rowCount) }
    let values: ColumnVector.Values =
      switch type {
      case .bool: .bool(bools())
      case .int64: .int64(integers())
      case .float64: .float64(doubles(), integral: integral())
      case .string: .text(strings())
      case .timestamp: .int64(try timestamps())
      case .json, .file: .text(jsonTexts())
      }
    return ColumnVector(type: type, count: rowCount, validity: validity(), values: values)
  }

  /// A value that is not of the type its column was said to have.
  struct Misfit: Error {
    /// The row, from 0.
    let row: Int
  }

  private var cellCount: Int { unsafe cells.count }

  private func cell(_ index: Int) -> assay_json_cell { unsafe cells[index] }

  private func firstMisfit(_ type: ColumnType) -> Misfit {
    let fitting = JSONKinds.fitting(type)
    let cell = unsafe cells.first { cell in
      let kind: JSONKinds =
        switch cell.kind {
        case ASSAY_JSON_BOOL: .bool
        case ASSAY_JSON_INTEGER: Self.isWide(cell) ? .wideInteger : .integer
        case ASSAY_JSON_NUMBER: .number
        case ASSAY_JSON_STRING, ASSAY_JSON_UNESCAPED: .string
        default: .nested
        }
      return !kind.isSubset(of: fitting)
    }
    return Misfit(row: Int(cell?.row ?? 0))
  }

  private static func isWide(_ cell: assay_json_cell) -> Bool {
    Int64(bitPattern: cell.bits).magnitude > 1 << 53
  }

  private func validity() -> Bitmap? {
    guard cellCount < rowCount else { return nil }
    var bits = Bitmap(repeating: false, count: rowCount)
    for index in 0..<cellCount { bits[Int(cell(index).row)] = true }
    return bits
  }

  private func bools() -> Bitmap {
    var bits = Bitmap(repeating: false, count: rowCount)
    for index in 0..<cellCount where cell(index).bits != 0 { bits[Int(cell(index).row)] = true }
    return bits
  }

  private func integers() -> [Int64] {
    var values = [Int64](repeating: 0, count: rowCount)
    for index in 0..<cellCount {
      values[Int(cell(index).row)] = Int64(bitPattern: cell(index).bits)
    }
    return values
  }

  private func doubles() -> [Double] {
    var values = [Double](repeating: 0, count: rowCount)
    for index in 0..<cellCount {
      let cell = cell(index)
      values[Int(cell.row)] =
        cell.kind == ASSAY_JSON_NUMBER
        ? Double(bitPattern: cell.bits) : Double(Int64(bitPattern: cell.bits))
    }
    return values
  }

  private func integral() -> Bitmap? {
    guard kinds.contains(.integer) else { return nil }
    var bits = Bitmap(repeating: false, count: rowCount)
    for index in 0..<cellCount where cell(index).kind == ASSAY_JSON_INTEGER {
      bits[Int(cell(index).row)] = true
    }
    return bits
  }

  private func timestamps() throws(Misfit) -> [Int64] {
    var values = [Int64](repeating: 0, count: rowCount)
    for index in 0..<cellCount {
      let cell = cell(index)
      let text = unsafe String(decoding: source(cell), as: UTF8.self)
      guard let time = Timestamp(parsing: text) else { throw Misfit(row: Int(cell.row)) }
      values[Int(cell.row)] = time.microseconds
    }
    return values
  }

  /// The text that a string or nested cell points to.
  private func source(_ cell: assay_json_cell) -> UnsafeBufferPointer<UInt8> {
    let start = unsafe cell.kind == ASSAY_JSON_STRING ? block : text
    return unsafe UnsafeBufferPointer(
      start: start + Int(cell.bits & 0xFFFF_FFFF), count: Int(cell.bits >> 32))
  }

  private func strings() -> TextValues {
    var offsets = [UInt32](repeating: 0, count: rowCount + 1)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: textBytes) { target, count in
      var end = 0
      var row = 0
      for index in 0..<cellCount {
        let cell = cell(index)
        while row < Int(cell.row) {
          row += 1
          offsets[row] = UInt32(truncatingIfNeeded: end)
        }
        let text = unsafe source(cell)
        if let start = target.baseAddress, let from = text.baseAddress {
          unsafe (start + end).initialize(from: from, count: text.count)
        }
        end += text.count
        row += 1
        offsets[row] = UInt32(truncatingIfNeeded: end)
      }
      while row < rowCount {
        row += 1
        offsets[row] = UInt32(truncatingIfNeeded: end)
      }
      count = end
    }
    return TextValues(offsets: offsets, bytes: bytes)
  }

  private func jsonTexts() -> TextValues {
    var offsets = [UInt32](repeating: 0, count: rowCount + 1)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(textBytes + cellCount * 8)
    var row = 0
    for index in 0..<cellCount {
      let cell = cell(index)
      while row < Int(cell.row) {
        row += 1
        offsets[row] = UInt32(truncatingIfNeeded: bytes.count)
      }
      append(cell, to: &bytes)
      row += 1
      offsets[row] = UInt32(truncatingIfNeeded: bytes.count)
    }
    while row < rowCount {
      row += 1
      offsets[row] = UInt32(truncatingIfNeeded: bytes.count)
    }
    return TextValues(offsets: offsets, bytes: bytes)
  }

  private func append(_ cell: assay_json_cell, to bytes: inout [UInt8]) {
    switch cell.kind {
    case ASSAY_JSON_BOOL: bytes.append(contentsOf: (cell.bits != 0 ? "true" : "false").utf8)
    case ASSAY_JSON_INTEGER: NumberText.append(Int64(bitPattern: cell.bits), to: &bytes)
    case ASSAY_JSON_NUMBER: NumberText.append(Double(bitPattern: cell.bits), to: &bytes)
    case ASSAY_JSON_STRING, ASSAY_JSON_UNESCAPED:
      unsafe JSONText.append(source(cell), to: &bytes)
    default: unsafe bytes.append(contentsOf: source(cell))
    }
  }
}
