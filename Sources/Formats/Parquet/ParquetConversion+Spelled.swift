import Columns
import Model

extension ParquetConversion {
  /// Values that become texts, one by one.
  /// - Throws: ``StoreError`` of kind `invalid` for one that has no text.
  func spelled(_ scalars: ParquetScalars, _ rule: Rule) throws(StoreError) -> ColumnVector {
    var texts = TextValues()
    for index in 0..<scalars.count {
      let isWritten: Bool
      switch rule {
      case .date:
        let days = Int(scalars.integers[index])
        isWritten = CalendarText.appendDate(days: days, to: &texts.bytes)
      case .time(let unit):
        isWritten = CalendarText.appendTime(
          scalars.integers[index], perSecond: unit.perSecond, to: &texts.bytes)
      case .timestamp(let unit):
        isWritten = CalendarText.appendMoment(
          scalars.integers[index], perSecond: unit.perSecond, to: &texts.bytes)
      case .duration(let perSecond):
        DurationText.append(scalars.integers[index], perSecond: perSecond, to: &texts.bytes)
        isWritten = true
      case .period(let period):
        isWritten = period.append(scalars.integers[index], to: &texts.bytes)
      default:
        let bytes = scalars.texts.bytes[scalars.texts.range(index)]
        isWritten = Self.append(bytes, rule, to: &texts.bytes)
      }
      guard isWritten else {
        throw StoreError(
          .invalid, "a date or time lies outside of the years 0 to 9999, or of a day")
      }
      texts.offsets.append(UInt32(texts.bytes.count))
    }
    return ColumnVector(
      type: .string, count: scalars.count, validity: nil, values: .text(texts))
  }

  /// Appends the text of a value of fixed length.
  private static func append(
    _ bytes: ArraySlice<UInt8>, _ rule: Rule, to out: inout [UInt8]
  ) -> Bool {
    switch rule {
    case .uuid:
      for (index, byte) in bytes.enumerated() {
        if [4, 6, 8, 10].contains(index) { out.append(UInt8(ascii: "-")) }
        out.append(contentsOf: Hex.encode([byte]).utf8)
      }
      return true
    case .interval:
      // Three numbers without a sign, the lowest byte first.
      let numbers = (0..<3).map { number in
        (0..<4).reduce(Int64(0)) { value, place in
          value | Int64(bytes[bytes.startIndex + number * 4 + place]) << Int64(place * 8)
        }
      }
      DurationText.append(
        months: numbers[0], days: numbers[1], nanoseconds: numbers[2] * 1_000_000, to: &out)
      return true
    case .int96:
      let (days, inDay) = dayAndNanoseconds(int96: bytes)
      guard CalendarText.appendDate(days: Int(days), to: &out) else { return false }
      out.append(UInt8(ascii: "T"))
      guard CalendarText.appendTime(inDay, perSecond: 1_000_000_000, to: &out) else { return false }
      out.append(UInt8(ascii: "Z"))
      return true
    default: return false
    }
  }
}
