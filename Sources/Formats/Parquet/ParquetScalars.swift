import Columns
import Model

/// Values of one column without its nulls, as Parquet has them.
///
/// Of the arrays, only those that the column's physical type needs are used.
struct ParquetScalars: Sendable {
  /// The most bytes of text that are put together at once.
  static let textLimit = InputBudget.batchBytes

  private(set) var count = 0
  var bools: [Bool] = []
  /// `int32` and `int64`.
  var integers: [Int64] = []
  /// `float` and `double`.
  var floats: [Double] = []
  /// Byte arrays, also those of fixed length and `int96`; unused while `codes` are.
  var texts = TextValues()
  /// Numbers of the words of `dictionary`; empty when texts are not all out of one dictionary.
  var codes: [UInt32] = []
  var dictionary: TextValues?

  /// Counts values that were put into the arrays.
  mutating func added(_ count: Int) { self.count += count }

  /// Writes coded texts out, so that others can follow.
  mutating func decodeTexts() throws(StoreError) {
    guard let words = dictionary else { return }
    var total = 0
    for code in codes { total += words.range(Int(code)).count }
    try checkRoom(total)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(total)
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(codes.count + 1)
    for code in codes {
      bytes.append(contentsOf: words.bytes[words.range(Int(code))])
      offsets.append(UInt32(bytes.count))
    }
    texts = TextValues(offsets: offsets, bytes: bytes)
    codes = []
    dictionary = nil
  }

  /// Refuses texts that are too long together.
  func checkRoom(_ count: Int) throws(StoreError) {
    guard count <= Self.textLimit - texts.bytes.count else {
      throw .requestLimit(
        "a single row takes more than \(Self.textLimit >> 20) MiB: write shorter texts")
    }
  }

  /// Appends the values of a dictionary that `numbers` name.
  mutating func append(
    _ numbers: [UInt32], of words: ParquetScalars, type: ParquetPhysicalType
  ) throws(StoreError) {
    // Checked at once, so that the loops below need not.
    guard numbers.isEmpty || Int(numbers.max() ?? 0) < words.count else {
      throw ParquetFault.damaged("a value that its dictionary lacks")
    }
    switch type {
    case .boolean: for number in numbers { bools.append(words.bools[Int(number)]) }
    case .int32, .int64:
      let source = words.integers
      for number in numbers { integers.append(source[Int(number)]) }
    case .float, .double:
      let source = words.floats
      for number in numbers { floats.append(source[Int(number)]) }
    case .int96, .byteArray, .fixedBytes:
      if count == 0, dictionary == nil { dictionary = words.texts }
      if dictionary != nil {
        codes.append(contentsOf: numbers)
      } else {
        let total = numbers.reduce(0) { $0 + words.texts.range(Int($1)).count }
        try checkRoom(total)
        for number in numbers { texts.append(words.texts.bytes[words.texts.range(Int(number))]) }
      }
    }
    count += numbers.count
  }
}
