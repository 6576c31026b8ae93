import Model

extension ArrowDecoder {
  /// A closure that appends the text of a row: a duration or an interval (ISO 8601), a period of
  /// pandas, a moment to the nanosecond, an unsigned integer.
  /// - Throws: ``StoreError`` of kind `invalid` for damage; the closure throws it for a value
  ///   that has no text.
  static func spelling(
    _ array: ArrowArray, _ rows: Range<Int>
  ) throws(StoreError) -> (Int, inout [UInt8]) throws(StoreError) -> Void {
    let (field, buffer) = (array.field, array.buffers[0])
    switch (field.type, field.meaning) {
    case (.duration(let unit), _):
      let counts = try buffer.values(Int64.self, rows)
      return { (row, out) throws(StoreError) in
        DurationText.append(counts[row], perSecond: unit.perSecond, to: &out)
      }
    case (.interval(let unit), _): return try interval(buffer, rows, unit)
    case (.timestamp(let unit), _):
      let counts = try buffer.values(Int64.self, rows)
      return { (row, out) throws(StoreError) in
        guard CalendarText.appendMoment(counts[row], perSecond: unit.perSecond, to: &out) else {
          throw ArrowFault.unfit(field, "a time outside of the years 0 to 9999", "correct it")
        }
      }
    case (.integer, .period(let period)):
      let counts = try buffer.values(Int64.self, rows)
      return { (row, out) throws(StoreError) in
        guard period.append(counts[row], to: &out) else {
          throw ArrowFault.unfit(field, "a period outside of the years 0 to 9999", "correct it")
        }
      }
    case (.integer(bits: 64, isSigned: false), _):
      let numbers = try buffer.values(UInt64.self, rows)
      return { (row, out) throws(StoreError) in
        out.append(contentsOf: String(numbers[row]).utf8)
      }
    default: throw ArrowFault.damaged("the values of '\(field.name)'")
    }
  }

  /// A closure that appends the text of an interval: 32-bit words, the lowest byte first.
  private static func interval(
    _ buffer: ArrowBuffer, _ rows: Range<Int>, _ unit: ArrowInterval
  ) throws(StoreError) -> (Int, inout [UInt8]) throws(StoreError) -> Void {
    let each = unit.wordCount
    guard rows.upperBound <= buffer.count / 4 / each else {
      throw ArrowFault.damaged("a buffer is shorter than its values")
    }
    let words = try buffer.values(Int32.self, rows.lowerBound * each..<rows.upperBound * each)
    return { (row, out) throws(StoreError) in
      let first = Int64(words[row * each])
      switch unit {
      case .months: DurationText.append(months: first, days: 0, nanoseconds: 0, to: &out)
      case .days:
        let nanoseconds = Int64(words[row * each + 1]) * 1_000_000
        DurationText.append(months: 0, days: first, nanoseconds: nanoseconds, to: &out)
      case .nanoseconds:
        let low = Int64(UInt32(bitPattern: words[row * each + 2]))
        DurationText.append(
          months: first, days: Int64(words[row * each + 1]),
          nanoseconds: Int64(words[row * each + 3]) << 32 | low, to: &out)
      }
    }
  }
}
