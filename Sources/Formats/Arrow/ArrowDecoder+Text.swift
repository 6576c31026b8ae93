import Columns
import Model

extension ArrowDecoder {
  /// Texts, and bytes that are texts, checked to be UTF-8; JSON in its one form, UUIDs spelled out.
  func texts(
    _ array: ArrowArray, _ rows: Range<Int>, _ validity: Bitmap?
  ) throws(StoreError) -> TextValues {
    let texts: TextValues
    switch array.field.type {
    case .bytes(.view): texts = try Self.viewed(array, rows, validity)
    case .bytes(let offsets):
      let places =
        offsets == .narrow
        ? try array.buffers[0].offsets(Int32.self, rows)
        : try array.buffers[0].offsets(Int64.self, rows)
      texts = try Self.copied(array.buffers[1], places, validity)
    case .fixedBytes(let count):
      guard count <= Self.limit / max(1, rows.count) else { throw ArrowFault.tooLarge }
      let (start, overflow) = rows.lowerBound.multipliedReportingOverflow(by: count)
      guard !overflow, start <= .max - rows.count * count else {
        throw ArrowFault.damaged("the length of a column")
      }
      let places = (0...rows.count).map { start + $0 * count }
      texts = try Self.copied(array.buffers[0], places, validity)
      if case .uuid = array.field.meaning { return Self.identifiers(texts, validity) }
    default: throw ArrowFault.damaged("the texts of '\(array.field.name)'")
    }
    if case .base64 = array.field.meaning { return Base64Text.encoded(texts) }
    guard Self.isText(texts) else {
      throw ArrowFault.unfit(
        array.field, "bytes that are not UTF-8 text",
        array.field.advice("keep them as Base64 or as attachments", orAs: "bytes"))
    }
    switch array.field.meaning {
    case .plain, .uuid, .base64, .text, .bool, .period, .unknown: return texts
    case .json, .file: return try ArrowJSONColumn(field: array.field).normalized(texts, validity)
    }
  }

  /// The bytes between each two of `places`, without those of rows that have no value.
  private static func copied(
    _ data: ArrowBuffer, _ places: [Int], _ validity: Bitmap?
  ) throws(StoreError) -> TextValues {
    guard let first = places.first, let last = places.last else { return TextValues() }
    // Checked as a whole, so that the loops below need not.
    var isSorted = true
    for index in 1..<places.count where places[index] < places[index - 1] { isSorted = false }
    guard isSorted else { throw ArrowFault.damaged("the offsets of a text") }
    guard last - first <= limit else { throw ArrowFault.tooLarge }
    let bytes = try data.slice(first..<last)
    var hasHidden = false
    if let validity {
      for row in 0..<validity.count where !validity[row] && places[row] != places[row + 1] {
        hasHidden = true
      }
    }
    guard hasHidden, let validity else {
      return TextValues(offsets: places.map { UInt32($0 - first) }, bytes: Array(bytes))
    }
    var texts = TextValues()
    for row in 0..<places.count - 1 {
      guard validity[row] else {
        texts.append([])
        continue
      }
      let start = bytes.startIndex + places[row] - first
      texts.append(bytes[start..<start + places[row + 1] - places[row]])
    }
    return texts
  }

  /// Texts of at most twelve bytes are stored in their view, longer ones in a data buffer
  /// (https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-view-layout).
  private static func viewed(
    _ array: ArrowArray, _ rows: Range<Int>, _ validity: Bitmap?
  ) throws(StoreError) -> TextValues {
    let (start, overflow) = rows.lowerBound.multipliedReportingOverflow(by: 4)
    guard !overflow, start <= .max - rows.count * 4 else {
      throw ArrowFault.damaged("the length of a column")
    }
    let views = array.buffers[0]
    let words = try views.values(Int32.self, start..<start + rows.count * 4)
    var total = 0
    for row in 0..<rows.count where validity?[row] ?? true {
      guard words[row * 4] >= 0 else { throw ArrowFault.damaged("the length of a text") }
      total += Int(words[row * 4])
    }
    guard total <= limit else { throw ArrowFault.tooLarge }
    var texts = TextValues()
    texts.bytes.reserveCapacity(total)
    texts.offsets.reserveCapacity(rows.count + 1)
    for row in 0..<rows.count {
      guard validity?[row] ?? true else {
        texts.append([])
        continue
      }
      let count = Int(words[row * 4])
      if count <= 12 {
        let place = (rows.lowerBound + row) * 16 + 4
        texts.append(try views.slice(place..<place + count))
      } else {
        let (buffer, place) = (Int(words[row * 4 + 2]), Int(words[row * 4 + 3]))
        guard buffer >= 0, buffer + 1 < array.buffers.count, place >= 0 else {
          throw ArrowFault.damaged("where a text stands")
        }
        texts.append(try array.buffers[buffer + 1].slice(place..<place + count))
      }
    }
    return texts
  }

  /// Returns true when each of the texts is UTF-8.
  private static func isText(_ texts: TextValues) -> Bool {
    guard (try? UTF8Span(validating: texts.bytes.span)) != nil else { return false }
    // All bytes together are; besides, no text may begin within a letter.
    return texts.offsets.allSatisfy { offset in
      Int(offset) == texts.bytes.count || texts.bytes[Int(offset)] & 0xC0 != 0x80
    }
  }

  private static func identifiers(_ texts: TextValues, _ validity: Bitmap?) -> TextValues {
    var spelled = TextValues()
    for row in 0..<texts.count {
      guard validity?[row] ?? true else {
        spelled.append([])
        continue
      }
      var digits = Array(Hex.encode(texts.bytes[texts.range(row)]).utf8)
      for place in [20, 16, 12, 8] { digits.insert(UInt8(ascii: "-"), at: place) }
      spelled.append(digits)
    }
    return spelled
  }

  /// Dates, times, spans and decimals as their text, or as integers when they are such.
  static func spelled(
    _ array: ArrowArray, _ rows: Range<Int>, _ validity: Bitmap?
  ) throws(StoreError) -> ColumnVector.Values {
    let (field, buffer) = (array.field, array.buffers[0])
    var texts = TextValues()
    func each(_ append: (Int, inout [UInt8]) throws(StoreError) -> Void) throws(StoreError) {
      for row in 0..<rows.count {
        if validity?[row] ?? true { try append(row, &texts.bytes) }
        texts.offsets.append(UInt32(texts.bytes.count))
        guard texts.bytes.count <= limit else { throw ArrowFault.tooLarge }
      }
    }
    switch field.type {
    case .days:
      let days = try buffer.values(Int32.self, rows)
      try each { (row, out) throws(StoreError) in
        guard CalendarText.appendDate(days: Int(days[row]), to: &out) else { throw beyond(field) }
      }
    case .dayMilliseconds:
      let times = try buffer.values(Int64.self, rows)
      try each { (row, out) throws(StoreError) in
        guard times[row] % 86_400_000 == 0 else {
          throw ArrowFault.unfit(field, "a date with a time of day", "write it as a timestamp")
        }
        let days = Int(times[row] / 86_400_000)
        guard CalendarText.appendDate(days: days, to: &out) else { throw beyond(field) }
      }
    case .time(let bits, let unit):
      let times = try integers(buffer, rows, bits, true)
      try each { (row, out) throws(StoreError) in
        guard CalendarText.appendTime(times[row], perSecond: unit.perSecond, to: &out) else {
          throw ArrowFault.unfit(field, "a time outside of a day", "correct it")
        }
      }
    case .duration, .interval, .integer, .timestamp:
      try each(try spelling(array, rows))
    case .decimal(let bits, let precision, let scale):
      let type = DecimalType(precision: precision, scale: scale)
      let words = try decimals(buffer, rows, bits)
      let each64 = max(1, bits / 64)
      let number = { (row: Int) in words[row * each64..<(row + 1) * each64] }
      guard field.columnType == .string else {
        var integers = [Int64](repeating: 0, count: rows.count)
        for row in 0..<rows.count where validity?[row] ?? true {
          guard let integer = type.integer(number(row)) else { throw tooLong(field) }
          integers[row] = integer
        }
        return field.columnType == .int64
          ? .int64(integers) : .float64(integers.map { type.float($0) }, integral: nil)
      }
      try each { (row, out) throws(StoreError) in
        guard type.append(number(row), to: &out) else { throw tooLong(field) }
      }
    default: throw ArrowFault.damaged("the values of '\(field.name)'")
    }
    return .text(texts)
  }

  private static func beyond(_ field: ArrowField) -> StoreError {
    ArrowFault.unfit(field, "a date outside of the years 0 to 9999", "write it as text")
  }

  private static func tooLong(_ field: ArrowField) -> StoreError {
    ArrowFault.unfit(field, "a decimal of more digits than its type has", "write the file again")
  }

  /// The 64-bit words of decimals, lowest first; those of 32 bits in one word.
  private static func decimals(
    _ buffer: ArrowBuffer, _ rows: Range<Int>, _ bits: Int
  ) throws(StoreError) -> [UInt64] {
    if bits == 32 {
      return try buffer.values(Int32.self, rows).map { UInt64(bitPattern: Int64($0)) }
    }
    let each = bits / 64
    guard rows.upperBound <= buffer.count / 8 / each else {
      throw ArrowFault.damaged("a buffer is shorter than its values")
    }
    return try buffer.values(UInt64.self, rows.lowerBound * each..<rows.upperBound * each)
  }
}

extension ArrowBuffer {
  /// The starts of the values at `rows`, and the end of the last one.
  /// - Throws: ``StoreError`` of kind `invalid` when the buffer is too short or a place negative.
  func offsets<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, _ rows: Range<Int>
  ) throws(StoreError) -> [Int] {
    // An array without rows may leave its only offset out.
    if rows.isEmpty { return [0] }
    guard rows.upperBound < .max else { throw ArrowFault.damaged("the length of a column") }
    let places = try values(type, rows.lowerBound..<rows.upperBound + 1).map { Int($0) }
    guard places.allSatisfy({ $0 >= 0 }) else { throw ArrowFault.damaged("a negative offset") }
    return places
  }
}
