import Columns
import Model

/// Turns the values of a Parquet column into those of a column of ours.
///
/// Dates and times of day become texts, which lose nothing and sort as they do. A decimal is
/// `int64` or `float64` where those give its digits back (no fraction and at most 18 digits; at
/// most 15 digits), else its exact text: a JSON number would be rounded the next time it is read.
struct ParquetConversion: Sendable {
  let leaf: ParquetLeaf
  /// The type that the values get.
  let type: ColumnType
  private let rule: Rule
  private let isNested: Bool

  enum Rule: Sendable {
    case same
    /// Unsigned, of so many bits.
    case unsigned(Int)
    case half
    case text
    case json
    case uuid
    case decimal(DecimalType)
    case date
    case time(ParquetLogicalType.Unit)
    case timestamp(ParquetLogicalType.Unit)
    case int96
    case duration(perSecond: Int64)
    case interval
    case period(PeriodType)
    case truth
    case base64
    case nothing
  }

  /// The requests for a column beyond its type.
  struct Wish {
    /// True when a column of texts is requested, where that makes a difference.
    var asText = false
    var asBase64 = false
    /// True when some type was named for it.
    var isNamed = false
    /// True when the values are within lists or structures.
    var isNested = false
  }

  /// The conversion of values of `leaf` into ours.
  /// - Throws: ``StoreError`` of kind `invalid` for values whose meaning cannot be kept, `usage`
  ///   for Base64 of values that are not bytes.
  init(_ leaf: ParquetLeaf, _ wish: Wish) throws(StoreError) {
    self.leaf = leaf
    isNested = wish.isNested
    let found = try Self.rule(leaf, wish)
    rule = wish.asText && found.rule.isJSON ? .text : found.rule
    let isText =
      wish.asText && found.rule.hasText || wish.isNested && found.rule.mayHaveNanoseconds
    type = isText ? .string : found.type
  }

  private static func rule(
    _ leaf: ParquetLeaf, _ wish: Wish
  ) throws(StoreError) -> (rule: Rule, type: ColumnType) {
    let isText = leaf.type == .byteArray || leaf.type == .fixedBytes
    if wish.asBase64 {
      switch leaf.logical {
      case nil where isText, .bytes,
        .extensionType where isText:
        return (.base64, .string)
      default:
        throw StoreError(.usage, "it has no bytes to be read as Base64: name another type")
      }
    }
    switch (leaf.logical, leaf.type) {
    case (.duration(let perSecond), .int64), (.duration(let perSecond), .int32):
      return (.duration(perSecond: perSecond), .string)
    case (.interval, .fixedBytes) where leaf.length == 12: return (.interval, .string)
    case (.period(let period), .int64): return (.period(period), .string)
    case (.bool, .int32), (.bool, .int64): return (.truth, .bool)
    case (.extensionType(let name), _):
      guard wish.isNamed else {
        throw ParquetFault.extensionType(name)
      }
      return try stored(leaf, wish)
    case (.bytes, _) where isText, (nil, .byteArray), (nil, .fixedBytes):
      guard !wish.isNested else {
        throw StoreError(
          .invalid,
          "it has bytes within a list or a structure: write them as text, such as Base64")
      }
      return (.text, .string)
    case (.unsupported(let what), _): throw ParquetFault.unsupported(what)
    case (.unknown, _): return (.nothing, .json)
    case (.string, _) where isText, (.enumeration, _) where isText: return (.text, .string)
    case (.json, _) where isText: return (.json, .json)
    case (.uuid, .fixedBytes) where leaf.length == 16: return (.uuid, .string)
    case (.float16, .fixedBytes) where leaf.length == 2: return (.half, .float64)
    case (.decimal(let scale, let precision), _):
      guard (1...76).contains(precision), (0...precision).contains(scale),
        isText || leaf.type == .int32 || leaf.type == .int64
      else { throw ParquetFault.damaged("a decimal that cannot be") }
      let decimal = DecimalType(precision: precision, scale: scale)
      return (.decimal(decimal), decimal.columnType)
    case (.date, .int32): return (.date, .string)
    case (.time(let unit), .int32), (.time(let unit), .int64): return (.time(unit), .string)
    case (.timestamp(let unit), .int64): return (.timestamp(unit), .timestamp)
    case (.integer(let bits, let isSigned), .int32), (.integer(let bits, let isSigned), .int64):
      return (isSigned ? .same : .unsigned(leaf.type == .int32 ? 32 : bits), .int64)
    case (nil, .int32), (nil, .int64): return (.same, .int64)
    case (nil, .boolean): return (.same, .bool)
    case (nil, .float), (nil, .double): return (.same, .float64)
    case (nil, .int96): return (.int96, .timestamp)
    // A list or a map is of no meaning to a leaf.
    case (.list, _), (.map, _): return try stored(leaf, wish)
    default: throw ParquetFault.damaged("a type that does not go with its values")
    }
  }

  /// The meaning of values that represent others.
  private static func stored(
    _ leaf: ParquetLeaf, _ wish: Wish
  ) throws(StoreError) -> (rule: Rule, type: ColumnType) {
    var bare = leaf
    bare.logical = nil
    return try rule(bare, wish)
  }

  /// The values of `scalars`, none null (but JSON's null).
  /// - Throws: ``StoreError`` of kind `invalid` when a value does not fit without loss.
  func vector(_ scalars: consuming ParquetScalars) throws(StoreError) -> ColumnVector {
    let count = scalars.count
    switch rule {
    case .same: return same(scalars)
    case .unsigned(let bits): return try unsigned(scalars.integers, bits)
    case .nothing:
      guard count == 0 else { throw ParquetFault.damaged("values in a column of nulls") }
      return .nulls(type, count: 0)
    case .text: return try texts(scalars)
    case .json:
      try scalars.decodeTexts()
      return try ParquetJSON.vector(scalars.texts)
    case .decimal(let decimal): return try decimals(&scalars, decimal)
    case .truth:
      var bits = Bitmap(count: count)
      for (index, value) in scalars.integers.enumerated() where value != 0 { bits[index] = true }
      return ColumnVector(type: .bool, count: count, validity: nil, values: .bool(bits))
    case .base64:
      try scalars.decodeTexts()
      return ColumnVector(
        type: .string, count: count, validity: nil,
        values: .text(Base64Text.encoded(scalars.texts)))
    case .date, .time, .uuid, .half, .timestamp, .int96, .duration, .interval, .period:
      try scalars.decodeTexts()
      return try type == .string ? spelled(scalars, rule) : perValue(scalars)
    }
  }

  private func same(_ scalars: ParquetScalars) -> ColumnVector {
    let values: ColumnVector.Values
    switch type {
    case .bool:
      var bits = Bitmap(count: scalars.count)
      for (index, value) in scalars.bools.enumerated() where value { bits[index] = true }
      values = .bool(bits)
    case .float64: values = .float64(scalars.floats.withOneNaN, integral: nil)
    default: values = .int64(scalars.integers)
    }
    return ColumnVector(type: type, count: scalars.count, validity: nil, values: values)
  }

  private func unsigned(_ values: [Int64], _ bits: Int) throws(StoreError) -> ColumnVector {
    if type == .string {
      var texts = TextValues()
      for value in values { texts.append(String(UInt64(bitPattern: value)).utf8) }
      return ColumnVector(type: .string, count: values.count, validity: nil, values: .text(texts))
    }
    if bits == 64, values.contains(where: { $0 < 0 }) {
      throw StoreError(
        .invalid,
        "a number of more than 63 bits does not fit int64: "
          + advice("write it as text", orAs: "string"))
    }
    let integers = bits == 32 ? values.map { $0 & 0xFFFF_FFFF } : values
    return ColumnVector(type: .int64, count: values.count, validity: nil, values: .int64(integers))
  }

  private func texts(_ scalars: ParquetScalars) throws(StoreError) -> ColumnVector {
    let words = scalars.dictionary ?? scalars.texts
    guard ParquetJSON.isUTF8(words) else {
      throw StoreError(
        .invalid,
        "it holds bytes that are not UTF-8 text: "
          + advice("keep them as Base64 or as attachments", orAs: "bytes"))
    }
    let values: ColumnVector.Values =
      scalars.dictionary == nil ? .text(words) : .dictionary(codes: scalars.codes, words: words)
    return ColumnVector(type: .string, count: scalars.count, validity: nil, values: values)
  }

  private func decimals(
    _ scalars: inout ParquetScalars, _ decimal: DecimalType
  ) throws(StoreError) -> ColumnVector {
    try scalars.decodeTexts()
    let isText = leaf.type == .byteArray || leaf.type == .fixedBytes
    let count = scalars.count
    var (integers, floats, texts) = ([Int64](), [Double](), TextValues())
    for index in 0..<count {
      let words: [UInt64]
      if isText {
        let bytes = scalars.texts.bytes[scalars.texts.range(index)]
        // As many as the digits that a decimal may have take.
        guard (1...32).contains(bytes.count) else { throw Self.tooLong }
        words = DecimalType.words(bytes)
      } else {
        words = [UInt64(bitPattern: scalars.integers[index])]
      }
      if type == .string {
        guard decimal.append(words[...], to: &texts.bytes) else { throw Self.tooLong }
        texts.offsets.append(UInt32(texts.bytes.count))
      } else {
        guard let value = decimal.integer(words[...]) else { throw Self.tooLong }
        if type == .int64 { integers.append(value) } else { floats.append(decimal.float(value)) }
      }
    }
    let values: ColumnVector.Values =
      switch type {
      case .int64: .int64(integers)
      case .float64: .float64(floats, integral: nil)
      default: .text(texts)
      }
    return ColumnVector(type: type, count: count, validity: nil, values: values)
  }

  /// Values that are converted one by one.
  private func perValue(_ scalars: ParquetScalars) throws(StoreError) -> ColumnVector {
    let (count, words) = (scalars.count, scalars.texts)
    var (integers, floats) = ([Int64](), [Double]())
    for index in 0..<count {
      switch rule {
      case .timestamp(let unit):
        let count = scalars.integers[index]
        guard let time = CalendarText.microseconds(count, perSecond: unit.perSecond) else {
          throw inexact
        }
        integers.append(time)
      case .int96:
        guard let time = Self.microseconds(int96: words.bytes[words.range(index)])
        else { throw inexact }
        integers.append(time)
      default: floats.append(Self.half(words.bytes[words.range(index)]))
      }
    }
    return ColumnVector(
      type: type, count: count, validity: nil,
      values: type == .timestamp ? .int64(integers) : .float64(floats.withOneNaN, integral: nil))
  }

  /// A number of IEEE 754's 16 bits, the lowest byte first.
  private static func half(_ bytes: ArraySlice<UInt8>) -> Double {
    let word = UInt16(bytes[bytes.startIndex]) | UInt16(bytes[bytes.startIndex + 1]) << 8
    return Double(HalfFloat(bits: word))
  }

  /// Microseconds since 1970, as `int96` has them: nanoseconds of a day and its Julian number
  /// (2,440,588 for 1970-01-01); nil when they do not fit exactly.
  private static func microseconds(int96 bytes: ArraySlice<UInt8>) -> Int64? {
    let (days, inDay) = dayAndNanoseconds(int96: bytes)
    guard inDay % 1000 == 0 else { return nil }
    let (micros, overflow) = days.multipliedReportingOverflow(by: 86_400_000_000)
    let (sum, overflow2) = micros.addingReportingOverflow(inDay / 1000)
    return overflow || overflow2 ? nil : sum
  }

  /// Days since 1970 and nanoseconds of a day.
  static func dayAndNanoseconds(int96 bytes: ArraySlice<UInt8>) -> (days: Int64, inDay: Int64) {
    let start = bytes.startIndex
    var nanos: UInt64 = 0
    var julian: UInt32 = 0
    for index in 0..<8 { nanos |= UInt64(bytes[start + index]) << UInt64(index * 8) }
    for index in 0..<4 { julian |= UInt32(bytes[start + 8 + index]) << UInt32(index * 8) }
    return (Int64(Int32(bitPattern: julian)) - 2_440_588, Int64(bitPattern: nanos))
  }

  private var inexact: StoreError {
    StoreError(
      .invalid,
      "a time does not fit microseconds exactly: " + advice("round it", orAs: "string"))
  }

  /// `advice`, and to read the column as `type` where the values are the column's own.
  private func advice(_ advice: String, orAs type: String) -> String {
    isNested ? advice : ColumnTypes.advice(advice, orRead: leaf.name, as: type)
  }

  private static var tooLong: StoreError {
    StoreError(.invalid, "a decimal has more digits than its column says")
  }
}

extension ParquetConversion.Rule {
  fileprivate var isJSON: Bool { if case .json = self { true } else { false } }

  /// True when the values have an exact text, besides the column that they become.
  fileprivate var hasText: Bool {
    switch self {
    case .json, .timestamp, .int96, .unsigned(64): true
    default: false
    }
  }

  /// True when the values are moments that may lie between microseconds.
  fileprivate var mayHaveNanoseconds: Bool {
    switch self {
    case .timestamp(.nanos), .int96: true
    default: false
    }
  }
}
