import Columns
import Model

/// One column of the batch being read.
struct CSVColumn {
  private let type: ColumnType
  private var count = 0
  private var nulls: [UInt32] = []
  private var integers: [Int64] = []
  private var doubles: [Double] = []
  private var texts = TextValues()
  /// Rows whose bit is set: true for a bool, written as an integer for a float64.
  private var marked: [UInt32] = []

  /// An empty column.
  init(type: ColumnType) { self.type = type }

  /// Adds every `stride`th cell from `column` on and returns the first that does not fit the type,
  /// as its row; nil when all fit.
  mutating func append(
    _ cells: [CSVCell], column: Int, stride: Int, from bytes: UnsafeRawBufferPointer
  ) -> Int? {
    switch type {
    case .bool: unsafe appendBools(cells, column, stride, bytes)
    case .int64: unsafe appendIntegers(cells, column, stride, bytes)
    case .float64: unsafe appendDoubles(cells, column, stride, bytes)
    case .timestamp: unsafe appendTimestamps(cells, column, stride, bytes)
    case .string, .json, .file: unsafe appendTexts(cells, column, stride, bytes)
    }
  }

  /// The column as a vector; nothing stays.
  mutating func finish() -> ColumnVector {
    defer { self = CSVColumn(type: type) }
    guard nulls.count < count else { return .nulls(type, count: count) }
    let values: ColumnVector.Values =
      switch type {
      case .bool: .bool(bitmap(of: marked, value: true))
      case .int64, .timestamp: .int64(integers)
      case .float64:
        .float64(doubles, integral: marked.isEmpty ? nil : bitmap(of: marked, value: true))
      case .string, .json, .file: .text(texts)
      }
    return ColumnVector(
      type: type, count: count, validity: nulls.isEmpty ? nil : bitmap(of: nulls, value: false),
      values: values)
  }

  private func bitmap(of rows: [UInt32], value: Bool) -> Bitmap {
    var bits = Bitmap(repeating: !value, count: count)
    for row in rows { bits[Int(row)] = value }
    return bits
  }

  private mutating func appendNull() {
    nulls.append(UInt32(truncatingIfNeeded: count))
    count += 1
  }

  private mutating func appendBools(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    for index in Swift.stride(from: column, to: cells.count, by: stride) {
      if cells[index].isNull {
        appendNull()
        continue
      }
      let text = unsafe cells[index].text(in: bytes)
      guard let bool = unsafe CSVBool(strict: text) ?? CSVBool(lenient: text)
      else { return index / stride }
      if bool.value { marked.append(UInt32(truncatingIfNeeded: count)) }
      count += 1
    }
    return nil
  }

  private mutating func appendIntegers(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    for index in Swift.stride(from: column, to: cells.count, by: stride) {
      if cells[index].isNull {
        integers.append(0)
        appendNull()
        continue
      }
      guard let integer = unsafe CSVNumber.integer(cells[index].text(in: bytes))
      else { return index / stride }
      integers.append(integer)
      count += 1
    }
    return nil
  }

  private mutating func appendDoubles(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    for index in Swift.stride(from: column, to: cells.count, by: stride) {
      if cells[index].isNull {
        doubles.append(0)
        appendNull()
        continue
      }
      let text = unsafe cells[index].text(in: bytes)
      guard let number = unsafe CSVNumber(text), let value = unsafe number.value(text) else {
        guard let value = unsafe CSVNumber.nonFinite(text) else { return index / stride }
        doubles.append(value)
        count += 1
        continue
      }
      if number.isInteger {
        // One beyond would be rounded, and -0 would lose its sign.
        guard number.isExactInteger else { return index / stride }
        marked.append(UInt32(truncatingIfNeeded: count))
      }
      doubles.append(value)
      count += 1
    }
    return nil
  }

  private mutating func appendTimestamps(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    for index in Swift.stride(from: column, to: cells.count, by: stride) {
      if cells[index].isNull {
        integers.append(0)
        appendNull()
        continue
      }
      let text = unsafe String(decoding: cells[index].text(in: bytes), as: UTF8.self)
      guard let time = Timestamp(parsing: text) else { return index / stride }
      integers.append(time.microseconds)
      count += 1
    }
    return nil
  }

  /// Any text fits, so this finds no misfit.
  private mutating func appendTexts(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    var byteCount = 0
    for index in Swift.stride(from: column, to: cells.count, by: stride) {
      byteCount += cells[index].count
    }
    let needed = texts.bytes.count + byteCount
    if texts.bytes.capacity < needed {
      texts.bytes.reserveCapacity(max(needed, texts.bytes.capacity * 2))
    }
    for index in Swift.stride(from: column, to: cells.count, by: stride) {
      let cell = cells[index]
      if cell.isNull {
        texts.offsets.append(UInt32(texts.bytes.count))
        appendNull()
        continue
      }
      let text = unsafe cell.text(in: bytes)
      if cell.hasEscapes {
        unsafe CSVCell.unescape(text, to: &texts.bytes)
      } else {
        unsafe texts.bytes.append(contentsOf: text)
      }
      texts.offsets.append(UInt32(texts.bytes.count))
      count += 1
    }
    return nil
  }
}

extension CSVCell {
  /// The cell's bytes, as they stand between its quotes.
  @inline(__always)
  func text(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
  }

  /// Appends `text` with each two quotes made one.
  static func unescape(_ text: UnsafeRawBufferPointer, to out: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    var start = 0
    while let offset = unsafe text[start...].firstIndex(of: quote) {
      unsafe out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...offset]))
      start = offset + 2
    }
    unsafe out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
  }
}
