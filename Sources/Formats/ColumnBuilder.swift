import CSimdjson
import Columns
import Model

/// Makes a vector of the typed cells of one column; rows without a cell are null.
///
/// A value built as `json` becomes its JSON text: 41 `41`, 1.5 `1.5`, the string 4f2a `"4f2a"`. A
/// number with more digits than a double has keeps them there.
@safe struct ColumnBuilder {
  /// In row order, at most one a row.
  private let cells: UnsafeBufferPointer<assay_json_cell>
  /// Numbers that their doubles do not stand for, in row order.
  private let exacts: UnsafeBufferPointer<assay_json_exact>
  /// The block that string cells point into.
  private let block: UnsafePointer<UInt8>
  /// The text that unescaped and nested cells point into.
  private let text: UnsafePointer<UInt8>
  /// The bytes of all texts.
  private let textBytes: Int
  private let kinds: JSONKinds
  private let rowCount: Int
  /// The row, within the parse, that is the vector's first.
  private let firstRow: Int

  /// A builder of the rows at `rows`, of the cells of all rows of a parse.
  ///
  /// `textBytes` is of all cells, `kinds` are those met in any of them.
  init(
    cells: UnsafeBufferPointer<assay_json_cell>, exacts: UnsafeBufferPointer<assay_json_exact>,
    block: UnsafePointer<UInt8>, text: UnsafePointer<UInt8>, textBytes: Int, kinds: JSONKinds,
    rows: Range<Int>
  ) {
    let first = unsafe Self.position(of: rows.lowerBound, in: cells)
    let last = unsafe Self.position(of: rows.upperBound, in: cells)
    let isWhole = last - first == cells.count
    unsafe self.cells = UnsafeBufferPointer(rebasing: cells[first..<last])
    unsafe self.exacts = exacts
    unsafe self.block = block
    unsafe self.text = text
    self.kinds = kinds
    rowCount = rows.count
    firstRow = rows.lowerBound
    self.textBytes =
      isWhole ? textBytes : unsafe self.cells.reduce(0) { $0 + Self.textBytes($1) }
  }

  /// The first cell at or after a row.
  private static func position(
    of row: Int, in cells: UnsafeBufferPointer<assay_json_cell>
  ) -> Int {
    var (low, high) = (0, cells.count)
    while low < high {
      let middle = (low + high) / 2
      if unsafe Int(cells[middle].row) < row { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func textBytes(_ cell: assay_json_cell) -> Int {
    switch cell.kind {
    case ASSAY_JSON_BOOL, ASSAY_JSON_INTEGER, ASSAY_JSON_NUMBER: 0
    default: Int(cell.bits >> 32)
    }
  }

  /// The values as `type`.
  /// - Throws: ``Misfit`` for the first value that is not of the type.
  func vector(as type: ColumnType) throws(Misfit) -> ColumnVector {
    if !kinds.isSubset(of: .fitting(type)), let misfit = firstMisfit(type) { throw misfit }
    guard cellCount > 0 else { return .nulls(type, count: rowCount) }
    let values: ColumnVector.Values =
      switch type {
      case .bool: .bool(try bools())
      case .int64: .int64(integers())
      case .float64: .float64(doubles(), integral: integral())
      case .string: .text(strings())
      case .timestamp: .int64(try timestamps())
      case .json, .file, .vector: .text(jsonTexts())
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

  /// The row of the vector that a cell is of.
  private func row(of cell: assay_json_cell) -> Int { Int(cell.row) - firstRow }

  private func firstMisfit(_ type: ColumnType) -> Misfit? {
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
    return cell.map { Misfit(row: row(of: $0)) }
  }

  private static func isWide(_ cell: assay_json_cell) -> Bool {
    Int64(bitPattern: cell.bits).magnitude > 1 << 53
  }

  private func validity() -> Bitmap? {
    guard cellCount < rowCount else { return nil }
    var bits = Bitmap(repeating: false, count: rowCount)
    for index in 0..<cellCount { bits[row(of: cell(index))] = true }
    return bits
  }

  /// Truth values, and 0 and 1 for them.
  private func bools() throws(Misfit) -> Bitmap {
    var bits = Bitmap(repeating: false, count: rowCount)
    for index in 0..<cellCount where cell(index).bits != 0 {
      let cell = cell(index)
      guard cell.kind == ASSAY_JSON_BOOL || cell.bits == 1 else { throw Misfit(row: row(of: cell)) }
      bits[row(of: cell)] = true
    }
    return bits
  }

  private func integers() -> [Int64] {
    var values = [Int64](repeating: 0, count: rowCount)
    for index in 0..<cellCount {
      values[row(of: cell(index))] = Int64(bitPattern: cell(index).bits)
    }
    return values
  }

  private func doubles() -> [Double] {
    var values = [Double](repeating: 0, count: rowCount)
    for index in 0..<cellCount {
      let cell = cell(index)
      values[row(of: cell)] =
        cell.kind == ASSAY_JSON_NUMBER
        ? Double(bitPattern: cell.bits) : Double(Int64(bitPattern: cell.bits))
    }
    return values
  }

  private func integral() -> Bitmap? {
    guard kinds.contains(.integer) else { return nil }
    var bits = Bitmap(repeating: false, count: rowCount)
    for index in 0..<cellCount where cell(index).kind == ASSAY_JSON_INTEGER {
      bits[row(of: cell(index))] = true
    }
    return bits.setCount == 0 ? nil : bits
  }

  private func timestamps() throws(Misfit) -> [Int64] {
    var values = [Int64](repeating: 0, count: rowCount)
    for index in 0..<cellCount {
      let cell = cell(index)
      let text = unsafe String(decoding: source(cell), as: UTF8.self)
      guard let time = Timestamp(iso8601: text) else { throw Misfit(row: row(of: cell)) }
      values[row(of: cell)] = time.microseconds
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
        while row < self.row(of: cell) {
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
    var nextExact = 0
    for index in 0..<cellCount {
      let cell = cell(index)
      while row < self.row(of: cell) {
        row += 1
        offsets[row] = UInt32(truncatingIfNeeded: bytes.count)
      }
      while unsafe nextExact < exacts.count && exacts[nextExact].row < cell.row { nextExact += 1 }
      if unsafe nextExact < exacts.count && exacts[nextExact].row == cell.row {
        let exact = unsafe exacts[nextExact]
        unsafe bytes.append(
          contentsOf: UnsafeBufferPointer(start: text + exact.offset, count: exact.length))
      } else {
        append(cell, to: &bytes)
      }
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
