import Columns
import Model

/// One column of the batch being read.
struct CSVColumn {
  let type: ColumnType
  private let form: CSVCellForm
  /// True when no cell has a value, except words that mean null where there is no value.
  private let isNull: Bool
  /// True when numbers are respelt as JSON numbers, however written: in a key beside texts.
  private let respellsNumbers: Bool
  /// The remarks about the cells so far.
  private(set) var readings = CSVReadings()
  private var count = 0
  private var nulls: [UInt32] = []
  private var integers: [Int64] = []
  private var doubles: [Double] = []
  private var texts = TextValues()
  /// Rows whose bit is set: true for a bool, written as an integer for a float64.
  private var marked: [UInt32] = []
  /// The first row with a number of more digits than a double has.
  private var firstRounded: Int?

  /// An empty column.
  init(
    type: ColumnType, form: CSVCellForm, isNull: Bool = false, respellsNumbers: Bool = false
  ) {
    self.type = type
    self.form = form
    self.isNull = isNull
    self.respellsNumbers = respellsNumbers
  }

  /// Adds every `stride`th cell from `column` on and returns the first that does not fit the type,
  /// as its row; nil when all fit.
  mutating func append(
    _ cells: [CSVCell], column: Int, stride: Int, from bytes: UnsafeRawBufferPointer
  ) -> Int? {
    if isNull { return unsafe appendNulls(cells, column, stride, bytes) }
    return switch type {
    case .bool: unsafe appendBools(cells, column, stride, bytes)
    case .int64: unsafe appendIntegers(cells, column, stride, bytes)
    case .float64: unsafe appendDoubles(cells, column, stride, bytes)
    case .timestamp: unsafe appendTimestamps(cells, column, stride, bytes)
    case .string, .json, .file, .vector: unsafe appendTexts(cells, column, stride, bytes)
    }
  }

  /// The column as a vector, after its last cell.
  ///
  /// Columns of `json` and of files are both `json`: readers of files examine these.
  /// - Parameter lines: The line of each row.
  /// - Throws: ``StoreError`` of kind `exhausted` when there is no memory for JSON.
  mutating func finish(lines: [UInt32]) throws(StoreError) -> ColumnVector {
    let isJSON = type == .json || type == .file
    guard nulls.count < count else { return .nulls(type, count: count) }
    if let firstRounded, readings.firstRoundedLine == nil {
      readings.firstRoundedLine = lines[firstRounded]
    }
    let values: ColumnVector.Values =
      switch type {
      case .bool: .bool(bitmap(of: marked, value: true))
      case .int64, .timestamp: .int64(integers)
      case .float64:
        .float64(doubles, integral: marked.isEmpty ? nil : bitmap(of: marked, value: true))
      case .string, .json, .file, .vector: .text(texts)
      }
    let vector = ColumnVector(
      type: isJSON ? .string : type, count: count,
      validity: nulls.isEmpty ? nil : bitmap(of: nulls, value: false), values: values)
    guard isJSON else { return vector }
    let (json, firstText) = try JSONCells.vector(vector)
    if let firstText { readings.firstTextLine = readings.firstTextLine ?? lines[firstText] }
    return json
  }

  /// Drops the values, which were read to see whether they fit.
  mutating func discard() {
    self = CSVColumn(
      type: type, form: form, isNull: isNull, respellsNumbers: respellsNumbers)
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

  /// Adds a null when the cell is empty, with quotes or without, or a word that was named for
  /// null; false for any other.
  @inline(__always)
  private mutating func takesNull(_ cell: CSVCell, _ bytes: UnsafeRawBufferPointer) -> Bool {
    if cell.count == 0 {
      readings.addEmpty()
      appendNull()
      return true
    }
    return form.words.areNamed ? unsafe takesWord(cell.text(in: bytes)) : false
  }

  /// Adds a null when the text is a word for it; false for any other.
  private mutating func takesWord(_ text: UnsafeRawBufferPointer) -> Bool {
    guard unsafe form.words.isNull(text) else { return false }
    unsafe readings.add(text, as: .null)
    appendNull()
    return true
  }

  /// Adds a null when the text is a word for NaN, which means nothing among truth
  /// values and integers; false for any other.
  private mutating func takesNaN(_ text: UnsafeRawBufferPointer) -> Bool {
    guard unsafe CSVWords.nonFinite(text)?.isNaN == true else { return false }
    unsafe readings.add(text, as: .null)
    appendNull()
    return true
  }

  private mutating func appendNulls(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    for index in Swift.stride(from: column, to: cells.count, by: stride) {
      if cells[index].isNull {
        appendNull()
        continue
      }
      let text = unsafe cells[index].text(in: bytes)
      guard unsafe takesWord(text) || takesNaN(text) else { return index / stride }
    }
    return nil
  }

  /// Adds each cell by `take`, which returns false for a text that does not fit, and a null where
  /// the cell is empty or a word for it; after a null, `fill` keeps the values as many as the rows.
  @inline(__always)
  private mutating func appendEach(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer,
    isNaNNull: Bool, take: (inout CSVColumn, UnsafeRawBufferPointer) -> Bool,
    fill: (inout CSVColumn) -> Void
  ) -> Int? {
    for index in Swift.stride(from: column, to: cells.count, by: stride) {
      if unsafe !takesNull(cells[index], bytes) {
        let text = unsafe cells[index].text(in: bytes)
        if unsafe take(&self, text) {
          count += 1
          continue
        }
        guard unsafe takesWord(text) || isNaNNull && takesNaN(text) else { return index / stride }
      }
      fill(&self)
    }
    return nil
  }

  private mutating func appendBools(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    unsafe appendEach(
      cells, column, stride, bytes, isNaNNull: true,
      take: { column, text in
        guard let bool = unsafe CSVBool(known: text) else { return false }
        if unsafe text.count < 4 || text[0] < UInt8(ascii: "f") {
          unsafe column.readings.add(text, as: .bool)
        }
        if bool.value { column.marked.append(UInt32(truncatingIfNeeded: column.count)) }
        return true
      }, fill: { _ in })
  }

  private mutating func appendIntegers(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    unsafe appendEach(
      cells, column, stride, bytes, isNaNNull: true,
      take: { column, text in
        guard let integer = unsafe CSVNumber.integer(text) ?? column.wholeNumber(text) else {
          return false
        }
        column.integers.append(integer)
        return true
      }, fill: { $0.integers.append(0) })
  }

  /// An integer that was written as a float (`3.0`), as tools do that have no integers with nulls,
  /// or with a plus.
  private mutating func wholeNumber(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard let number = unsafe form.respelled(text) else { return nil }
    let integer = unsafe number.json.withUnsafeBytes { bytes in
      unsafe CSVNumber(bytes)?.exactInteger
    }
    if integer != nil { unsafe readings.add(text, as: .integer) }
    return integer
  }

  private mutating func appendDoubles(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    unsafe appendEach(
      cells, column, stride, bytes, isNaNNull: false,
      take: { column, text in
        guard let value = unsafe column.number(text) ?? column.spelledNumber(text) else {
          return false
        }
        column.doubles.append(value)
        return true
      }, fill: { $0.doubles.append(0) })
  }

  /// A number as JSON has it; nil for any other text and for an integer that no double equals.
  private mutating func number(_ text: UnsafeRawBufferPointer) -> Double? {
    let parsed = unsafe form.withNumber(text) { text in
      unsafe CSVNumber(text).flatMap { number in
        unsafe number.value(text).map { value in
          unsafe (number, value, number.isRounded(text, value))
        }
      }
    }
    guard let (number, value, isRounded) = parsed ?? nil,
      !number.isInteger || number.isExactInteger
    else { return nil }
    if isRounded { firstRounded = firstRounded ?? count }
    if number.isInteger { marked.append(UInt32(truncatingIfNeeded: count)) }
    return value
  }

  /// A number in a spelling that JSON lacks and that a double equals: one that is not finite,
  /// `+1`, `.5`, `-0`, an integer beyond 2^53.
  private mutating func spelledNumber(_ text: UnsafeRawBufferPointer) -> Double? {
    if let value = unsafe CSVWords.nonFinite(text) {
      // The spelling of these numbers.
      let isPlain = unsafe ["nan", "inf", "-inf"].contains(String(decoding: text, as: UTF8.self))
      if !isPlain { unsafe readings.add(text, as: .number) }
      return value
    }
    guard let number = unsafe form.respelled(text), !number.isInteger || number.isExact else {
      return nil
    }
    unsafe readings.add(text, as: .number)
    // Beyond, integers would come back as others; -0 is not an integer.
    if number.isMarked { marked.append(UInt32(truncatingIfNeeded: count)) }
    return number.value
  }

  private mutating func appendTimestamps(
    _ cells: [CSVCell], _ column: Int, _ stride: Int, _ bytes: UnsafeRawBufferPointer
  ) -> Int? {
    unsafe appendEach(
      cells, column, stride, bytes, isNaNNull: false,
      take: { column, text in
        guard let time = unsafe Timestamp(iso8601: String(decoding: text, as: UTF8.self)) else {
          return false
        }
        column.integers.append(time.microseconds)
        return true
      }, fill: { $0.integers.append(0) })
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
        readings.addEmpty()
        appendNull()
        continue
      }
      let text = unsafe cell.text(in: bytes)
      if form.words.areNamed, unsafe takesWord(text) {
        texts.offsets.append(UInt32(texts.bytes.count))
        continue
      }
      if respellsNumbers, let number = unsafe form.respelled(text) {
        if unsafe !number.json.elementsEqual(text) { unsafe readings.add(text, as: .number) }
        texts.bytes.append(contentsOf: number.json)
      } else if cell.hasEscapes {
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
