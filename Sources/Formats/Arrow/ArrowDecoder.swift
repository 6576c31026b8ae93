import Columns
import Model

/// Makes column vectors of Arrow arrays, a run of rows at a time.
///
/// An array of any type becomes a vector of its field's ``ArrowField/columnType``; what is nested
/// becomes JSON text. Immutable once made, so that columns are decoded on all cores.
struct ArrowDecoder: Sendable {
  /// The most bytes of text, and the most values, that one run may have.
  static let limit = InputBudget.batchBytes
  /// The most values that are decoded at once for a nested column, all its fields together.
  static let cellLimit = 1 << 22

  /// The values of each dictionary, by its number.
  var dictionaries: [Int64: ColumnVector] = [:]

  /// The values of `array` at `rows`; those that are not in `used` are null, whatever stands there.
  /// - Throws: ``StoreError`` of kind `invalid` for damage and for values that cannot be kept as
  ///   they are, `exhausted` when there is too much text in the rows.
  func vector(
    _ array: ArrowArray, _ rows: Range<Int>, used: Bitmap? = nil
  ) throws(StoreError) -> ColumnVector {
    guard rows.count <= Self.limit else { throw ArrowFault.tooLarge }
    let field = array.field
    // Before anything below is decoded, since what is there adds up.
    guard array.children.isEmpty || rows.count <= Self.cellLimit / array.fieldCount else {
      throw ArrowFault.tooLarge
    }
    let validity = Self.both(try array.validity(rows), used)
    if array.isCoded { return try coded(array, rows, validity) }
    if field.type == .runEnds {
      let runs = try runs(array, rows)
      return ColumnVector(
        type: runs.type, count: runs.count, validity: Self.both(runs.validity, used),
        values: runs.values)
    }
    let values: ColumnVector.Values =
      switch field.type {
      case .null: .none
      case .bool: .bool(try Self.masked(array.buffers[0].bits(rows), validity))
      case .integer(let bits, let isSigned):
        switch field.meaning {
        case .period, .text: try Self.spelled(array, rows, validity)
        case .bool: .bool(try Self.bytesOfTruth(array.buffers[0], rows, validity))
        default:
          .int64(
            try Self.checkedIntegers(array.buffers[0], rows, bits, isSigned, validity, field))
        }
      case .timestamp(let unit):
        field.columnType == .string
          ? try Self.spelled(array, rows, validity)
          : .int64(try Self.moments(array, rows, unit, validity))
      case .float(let bits):
        .float64(
          Self.zeroed(try Self.floats(array.buffers[0], rows, bits), validity), integral: nil)
      case .bytes, .fixedBytes:
        .text(try texts(array, rows, validity))
      case .days, .dayMilliseconds, .time, .decimal, .duration, .interval:
        try Self.spelled(array, rows, validity)
      case .list, .listView, .fixedList, .map: .text(try lists(array, rows, validity))
      case .structure: .text(try structures(array, rows, validity))
      case .runEnds: .none
      }
    return ColumnVector(
      type: field.columnType, count: rows.count,
      validity: Self.hasJSONNulls(field) ? Self.present(values, validity) : validity, values: values
    )
  }

  /// Returns true when the texts of `field` may be the `null` of JSON, which is then empty.
  private static func hasJSONNulls(_ field: ArrowField) -> Bool {
    if case .bytes = field.type { field.meaning == .json || field.meaning == .file } else { false }
  }

  private static func present(_ values: ColumnVector.Values, _ validity: Bitmap?) -> Bitmap? {
    guard case .text(let texts) = values else { return validity }
    var bits = Bitmap(repeating: true, count: texts.count)
    for row in 0..<texts.count where texts.range(row).isEmpty { bits[row] = false }
    return bits
  }

  /// Integers of any width as they are, also those of 64 bits without a sign.
  static func integers(
    _ buffer: ArrowBuffer, _ rows: Range<Int>, _ bits: Int, _ isSigned: Bool
  ) throws(StoreError) -> [Int64] {
    switch (bits, isSigned) {
    case (8, true): try buffer.values(Int8.self, rows).map { Int64($0) }
    case (8, false): try buffer.values(UInt8.self, rows).map { Int64($0) }
    case (16, true): try buffer.values(Int16.self, rows).map { Int64($0) }
    case (16, false): try buffer.values(UInt16.self, rows).map { Int64($0) }
    case (32, true): try buffer.values(Int32.self, rows).map { Int64($0) }
    case (32, false): try buffer.values(UInt32.self, rows).map { Int64($0) }
    default: try buffer.values(Int64.self, rows)
    }
  }

  private static func checkedIntegers(
    _ buffer: ArrowBuffer, _ rows: Range<Int>, _ bits: Int, _ isSigned: Bool, _ validity: Bitmap?,
    _ field: ArrowField
  ) throws(StoreError) -> [Int64] {
    let values = zeroed(try integers(buffer, rows, bits, isSigned), validity)
    if bits == 64, !isSigned, values.contains(where: { $0 < 0 }) {
      throw ArrowFault.unfit(
        field, "a number beyond the greatest of 64 bits with a sign",
        field.advice("write it as text", orAs: "string"))
    }
    return values
  }

  /// Truth values of a byte each.
  private static func bytesOfTruth(
    _ buffer: ArrowBuffer, _ rows: Range<Int>, _ validity: Bitmap?
  ) throws(StoreError) -> Bitmap {
    var bits = Bitmap(count: rows.count)
    for (row, byte) in try buffer.values(Int8.self, rows).enumerated() where byte != 0 {
      bits[row] = true
    }
    return masked(bits, validity)
  }

  private static func floats(
    _ buffer: ArrowBuffer, _ rows: Range<Int>, _ bits: Int
  ) throws(StoreError) -> [Double] {
    switch bits {
    case 16: try buffer.values(UInt16.self, rows).map { Double(HalfFloat(bits: $0)) }.withOneNaN
    case 32: try buffer.values(Float.self, rows).map { Double($0) }.withOneNaN
    default: try buffer.values(Double.self, rows).withOneNaN
    }
  }

  private static func moments(
    _ array: ArrowArray, _ rows: Range<Int>, _ unit: ArrowTimeUnit, _ validity: Bitmap?
  ) throws(StoreError) -> [Int64] {
    let values = zeroed(try array.buffers[0].values(Int64.self, rows), validity)
    if unit == .microseconds { return values }
    return try values.map { value throws(StoreError) in
      guard let time = CalendarText.microseconds(value, perSecond: unit.perSecond) else {
        throw unit == .nanoseconds
          ? ArrowFault.unfit(
            array.field, "a time with a fraction of a microsecond",
            array.field.advice("round it", orAs: "string"))
          : ArrowFault.unfit(
            array.field, "a time beyond what microseconds of 64 bits reach",
            array.field.advice("write it as text", orAs: "string"))
      }
      return time
    }
  }

  /// Numbers of a dictionary's values.
  private func coded(
    _ array: ArrowArray, _ rows: Range<Int>, _ validity: Bitmap?
  ) throws(StoreError) -> ColumnVector {
    guard let dictionary = array.field.dictionary else { throw ArrowFault.damaged("a dictionary") }
    let numbers = Self.zeroed(
      try Self.integers(array.buffers[0], rows, dictionary.bits, dictionary.isSigned), validity)
    let type = array.field.columnType
    if validity?.setCount == 0 { return .nulls(type, count: rows.count) }
    guard let words = dictionaries[dictionary.id] else {
      throw ArrowFault.damaged("the dictionary of '\(array.field.name)' is missing")
    }
    let count = Int64(words.count)
    guard numbers.allSatisfy({ $0 >= 0 && $0 < count }) else {
      throw ArrowFault.damaged("a number that the dictionary of '\(array.field.name)' lacks")
    }
    if words.isAllNull { return .nulls(type, count: rows.count) }
    var validity = validity
    if let present = words.validity {
      var bits = validity ?? Bitmap(repeating: true, count: rows.count)
      for (row, number) in numbers.enumerated() where !present[Int(number)] { bits[row] = false }
      validity = bits
    }
    let values: ColumnVector.Values
    switch words.values {
    case .none: values = .none
    case .bool(let bits):
      var bools = Bitmap(count: rows.count)
      for (row, number) in numbers.enumerated() where bits[Int(number)] { bools[row] = true }
      values = .bool(Self.masked(bools, validity))
    case .int64(let integers):
      values = .int64(Self.zeroed(numbers.map { integers[Int($0)] }, validity))
    case .float64(let floats, _):
      values = .float64(Self.zeroed(numbers.map { floats[Int($0)] }, validity), integral: nil)
    case .text(let texts): values = Self.words(texts, numbers.map { UInt32($0) }, validity)
    case .dictionary(let codes, let texts):
      values = Self.words(texts, numbers.map { codes[Int($0)] }, validity)
    }
    return ColumnVector(type: type, count: rows.count, validity: validity, values: values)
  }

  /// Texts by their numbers, with the empty one for rows without a value.
  private static func words(
    _ words: TextValues, _ codes: [UInt32], _ validity: Bitmap?
  ) -> ColumnVector.Values {
    guard let validity else { return .dictionary(codes: codes, words: words) }
    var (codes, words) = (codes, words)
    let empty = words.emptyIndex()
    for row in codes.indices where !validity[row] { codes[row] = empty }
    return .dictionary(codes: codes, words: words)
  }

  /// The bits that are set in both; nil stands for all.
  static func both(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
    guard let left, let right else { return left ?? right }
    return masked(left, right)
  }

  /// Runs of one value each, laid out.
  private func runs(_ array: ArrowArray, _ rows: Range<Int>) throws(StoreError) -> ColumnVector {
    let (ends, values) = (array.children[0], array.children[1])
    guard case .integer(let bits, true) = ends.field.type, !ends.isCoded, ends.validity == nil,
      ends.count == values.count, rows.upperBound <= Int(Int32.max)
    else { throw ArrowFault.damaged("the runs of '\(array.field.name)'") }
    let all = try Self.integers(ends.buffers[0], 0..<ends.count, bits, true)
    var found: [RowRun] = []
    var position = Int64(rows.lowerBound)
    let first = all.firstIndex { $0 > position } ?? all.count
    for index in first..<all.count where position < rows.upperBound {
      let end = min(all[index], Int64(rows.upperBound))
      guard end > position else { throw ArrowFault.damaged("the runs of '\(array.field.name)'") }
      for _ in position..<end {
        found.append(RowRun(source: 0, start: Int32(index - first), count: 1))
      }
      position = end
    }
    guard position == rows.upperBound else {
      throw ArrowFault.damaged("the runs of '\(array.field.name)'")
    }
    let used = found.last.map { Int($0.start) + 1 } ?? 0
    let sources = try vector(values, first..<first + used)
    return .gather(found, from: [sources], type: sources.type)
  }

  /// `bits` with those of rows without a value clear.
  static func masked(_ bits: Bitmap, _ validity: Bitmap?) -> Bitmap {
    guard let validity else { return bits }
    var bits = bits
    for row in 0..<bits.count where !validity[row] { bits[row] = false }
    return bits
  }

  /// `values` with those of rows without a value zero.
  static func zeroed<Number: Numeric>(_ values: [Number], _ validity: Bitmap?) -> [Number] {
    guard let validity else { return values }
    var values = values
    for row in values.indices where !validity[row] { values[row] = 0 }
    return values
  }
}
