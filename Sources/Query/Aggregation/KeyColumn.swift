import Columns

/// One grouping column of a row group: its distinct values, and which one each row has.
///
/// The number after the last value stands for null.
struct KeyColumn: Sendable {
  enum Values: Sendable {
    /// The bits of integers, moments, bools or doubles.
    case words([UInt64])
    case texts(TextValues)
  }

  let values: Values
  /// By row of the row group.
  let codes: [UInt32]
  /// The number of different codes.
  let cardinality: Int

  /// Numbers the values of a vector.
  init(_ vector: ColumnVector) {
    switch vector.values {
    case .none:
      self.init(.words([]), [UInt32](repeating: 0, count: vector.count), vector, distinct: 0)
    case .bool(let bits):
      let codes = (0..<vector.count).map { bits[$0] ? UInt32(1) : 0 }
      self.init(.words([0, 1]), codes, vector, distinct: 2)
    case .int64(let integers):
      var table = WordTable()
      let codes = integers.map { table.number(of: UInt64(bitPattern: $0)) }
      self.init(.words(table.words), codes, vector, distinct: table.words.count)
    case .float64(let reals, _):
      var table = WordTable()
      let marker = UInt32.max
      // NaN is null to SQLite, and the two zeros are one group.
      var codes = reals.map { $0.isNaN ? marker : table.number(of: ($0 + 0.0).bitPattern) }
      let distinct = table.words.count
      var hasNaN = false
      for row in codes.indices where codes[row] == marker {
        codes[row] = UInt32(distinct)
        hasNaN = true
      }
      self.init(.words(table.words), codes, vector, distinct: distinct, hasNull: hasNaN)
    case .dictionary(let codes, let words):
      self.init(.texts(words), codes, vector, distinct: words.count)
    case .text(let texts):
      var table = RunTable<UInt8>()
      let codes = (0..<texts.count).map { table.number(of: texts.bytes[texts.range($0)]) }
      let ends = (0..<table.count).map { UInt32(table.range($0).upperBound) }
      let words = TextValues(offsets: [0] + ends, bytes: table.elements)
      self.init(.texts(words), codes, vector, distinct: words.count)
    }
  }

  private init(
    _ values: Values, _ codes: [UInt32], _ vector: ColumnVector, distinct: Int,
    hasNull: Bool = false
  ) {
    self.values = values
    guard vector.validity != nil || vector.isAllNull else {
      self.codes = codes
      cardinality = distinct + (hasNull ? 1 : 0)
      return
    }
    var codes = codes
    for row in codes.indices where !vector.hasValue(row) { codes[row] = UInt32(distinct) }
    self.codes = codes
    cardinality = distinct + 1
  }
}
