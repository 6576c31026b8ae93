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

  fileprivate enum Rule: Sendable {
    case same
    /// Unsigned, of so many bits.
    case unsigned(Int)
    case half
    case text
    case json
    case uuid
    case decimal(ParquetDecimal)
    case date
    case time(ParquetLogicalType.Unit)
    case timestamp(ParquetLogicalType.Unit)
    case int96
    case nothing
  }

  /// How values of `leaf` become ours, `asText` when a column of texts is asked for where that
  /// makes a difference.
  init(_ leaf: ParquetLeaf, asText: Bool = false) throws(StoreError) {
    self.leaf = leaf
    let found = try Self.rule(leaf)
    rule = asText && found.rule.isJSON ? .text : found.rule
    type = asText && found.rule.hasText ? .string : found.type
  }

  private static func rule(_ leaf: ParquetLeaf) throws(StoreError) -> (rule: Rule, type: ColumnType)
  {
    let isText = leaf.type == .byteArray || leaf.type == .fixedBytes
    switch (leaf.logical, leaf.type) {
    case (.unsupported(let what), _): throw ParquetFault.unsupported(what)
    case (.unknown, _): return (.nothing, .json)
    case (.string, _) where isText, (.enumeration, _) where isText: return (.text, .string)
    case (.json, _) where isText: return (.json, .json)
    case (.uuid, .fixedBytes) where leaf.length == 16: return (.uuid, .string)
    case (.float16, .fixedBytes) where leaf.length == 2: return (.half, .float64)
    case (.decimal(let scale, let precision), _):
      guard let decimal = ParquetDecimal(scale: scale, precision: precision),
        isText || leaf.type == .int32 || leaf.type == .int64
      else { throw ParquetFault.damaged("a decimal that cannot be") }
      if scale == 0, precision <= ParquetDecimal.integerDigits {
        return (.decimal(decimal), .int64)
      }
      let isShort = precision <= ParquetDecimal.floatDigits
      return (.decimal(decimal), isShort ? .float64 : .string)
    case (.date, .int32): return (.date, .string)
    case (.time(let unit), .int32), (.time(let unit), .int64): return (.time(unit), .string)
    case (.timestamp(let unit), .int64): return (.timestamp(unit), .timestamp)
    case (.integer(let bits, let isSigned), .int32), (.integer(let bits, let isSigned), .int64):
      return (isSigned ? .same : .unsigned(leaf.type == .int32 ? 32 : bits), .int64)
    case (nil, .int32), (nil, .int64): return (.same, .int64)
    case (nil, .boolean): return (.same, .bool)
    case (nil, .float), (nil, .double): return (.same, .float64)
    case (nil, .int96): return (.int96, .timestamp)
    case (nil, .byteArray), (nil, .fixedBytes): return (.text, .string)
    // A list or a map is of no meaning to a leaf.
    case (.list, _), (.map, _):
      return try rule(
        ParquetLeaf(
          type: leaf.type, length: leaf.length, logical: nil, definition: 0, repetition: 0))
    default: throw ParquetFault.damaged("a type that does not go with its values")
    }
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
    case .date, .time, .uuid, .half, .timestamp, .int96:
      try scalars.decodeTexts()
      return try perValue(scalars)
    }
  }

  private func same(_ scalars: ParquetScalars) -> ColumnVector {
    let values: ColumnVector.Values
    switch type {
    case .bool:
      var bits = Bitmap(count: scalars.count)
      for (index, value) in scalars.bools.enumerated() where value { bits[index] = true }
      values = .bool(bits)
    case .float64: values = .float64(scalars.floats, integral: nil)
    default: values = .int64(scalars.integers)
    }
    return ColumnVector(type: type, count: scalars.count, validity: nil, values: values)
  }

  private func unsigned(_ values: [Int64], _ bits: Int) throws(StoreError) -> ColumnVector {
    if bits == 64, values.contains(where: { $0 < 0 }) {
      throw StoreError(
        .invalid,
        "a number of more than 63 bits does not fit int64: write the column as text")
    }
    let integers = bits == 32 ? values.map { $0 & 0xFFFF_FFFF } : values
    return ColumnVector(type: .int64, count: values.count, validity: nil, values: .int64(integers))
  }

  private func texts(_ scalars: ParquetScalars) throws(StoreError) -> ColumnVector {
    let words = scalars.dictionary ?? scalars.texts
    guard ParquetJSON.isUTF8(words) else {
      throw StoreError(
        .invalid,
        "it holds bytes that are not UTF-8 text: write them as text (hexadecimal or base64), or "
          + "leave the column out")
    }
    let values: ColumnVector.Values =
      scalars.dictionary == nil ? .text(words) : .dictionary(codes: scalars.codes, words: words)
    return ColumnVector(type: .string, count: scalars.count, validity: nil, values: values)
  }

  private func decimals(
    _ scalars: inout ParquetScalars, _ decimal: ParquetDecimal
  ) throws(StoreError) -> ColumnVector {
    try scalars.decodeTexts()
    let isText = leaf.type == .byteArray || leaf.type == .fixedBytes
    let count = scalars.count
    var (integers, floats, texts) = ([Int64](), [Double](), TextValues())
    for index in 0..<count {
      let bytes =
        isText
        ? scalars.texts.bytes[scalars.texts.range(index)]
        : ParquetDecimal.bytes(scalars.integers[index])[...]
      guard let text = type == .float64 ? "" : decimal.text(bytes) else { throw Self.tooLong }
      switch type {
      case .string: texts.append(text.utf8)
      case .int64:
        guard let value = ParquetDecimal.integer(bytes) else { throw Self.tooLong }
        integers.append(value)
      default:
        guard let value = ParquetDecimal.integer(bytes), let number = decimal.float(value) else {
          throw Self.tooLong
        }
        floats.append(number)
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
    var (integers, floats, texts) = ([Int64](), [Double](), TextValues())
    for index in 0..<count {
      switch rule {
      case .date:
        guard let text = ParquetCalendar.date(scalars.integers[index]) else { throw Self.beyond }
        texts.append(text)
      case .time(let unit):
        guard let text = ParquetCalendar.time(scalars.integers[index], unit) else {
          throw Self.beyond
        }
        texts.append(text.utf8)
      case .uuid: texts.append(Self.uuid(words.bytes[words.range(index)]).utf8)
      case .timestamp(let unit) where type == .string:
        guard let text = ParquetCalendar.moment(scalars.integers[index], unit) else {
          throw Self.beyond
        }
        texts.append(text.utf8)
      case .timestamp(let unit):
        guard let time = ParquetCalendar.microseconds(scalars.integers[index], unit) else {
          throw Self.inexact
        }
        integers.append(time)
      case .int96:
        guard let time = ParquetCalendar.microseconds(int96: words.bytes[words.range(index)])
        else { throw Self.inexact }
        integers.append(time)
      default: floats.append(Self.half(words.bytes[words.range(index)]))
      }
    }
    let values: ColumnVector.Values =
      switch type {
      case .timestamp: .int64(integers)
      case .float64: .float64(floats, integral: nil)
      default: .text(texts)
      }
    return ColumnVector(type: type, count: count, validity: nil, values: values)
  }

  private static func uuid(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += Hex.encode([byte])
    }
    return text
  }

  /// A number of IEEE 754's 16 bits, the lowest byte first.
  private static func half(_ bytes: ArraySlice<UInt8>) -> Double {
    let word = UInt16(bytes[bytes.startIndex]) | UInt16(bytes[bytes.startIndex + 1]) << 8
    let exponent = Int(word >> 10 & 0x1F)
    let fraction = Double(word & 0x3FF) / 1024
    let value: Double =
      switch exponent {
      case 0: fraction / 16_384
      case 31: fraction == 0 ? .infinity : .nan
      default: (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
      }
    return word & 0x8000 == 0 ? value : -value
  }

  private static var beyond: StoreError {
    StoreError(.invalid, "a date or time lies outside of the years 0 to 9999, or of a day")
  }

  private static var inexact: StoreError {
    StoreError(
      .invalid,
      "a time does not fit microseconds exactly: round it, or read the column as string")
  }

  private static var tooLong: StoreError {
    StoreError(.invalid, "a decimal has more digits than its column says")
  }
}

extension ParquetConversion.Rule {
  fileprivate var isJSON: Bool { if case .json = self { true } else { false } }

  /// Whether the values have an exact text, besides the column that they become.
  fileprivate var hasText: Bool {
    switch self {
    case .json, .timestamp: true
    default: false
    }
  }
}
