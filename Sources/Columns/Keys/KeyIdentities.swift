import Model

/// The identities of rows' keys: bytes that are equal for two rows when their keys are equal.
///
/// A key is its values, not their spelling: numbers are equal when ``KeyNumber`` says so, whatever
/// the types of their columns; a bool is not a number, the text `1` is not the number 1, a
/// timestamp is not text; texts go by their UTF-8, vectors by their numbers, nested JSON by its
/// bytes. Every pairing of rows goes by this: merge, append, live rows, diff, history, comparisons.
/// These bytes exist only in memory; those that cut row groups are ``RowKeys``, which are part of
/// the format and never change.
package struct KeyIdentities: Sendable {
  /// The identity of each row's key.
  package let texts: TextValues

  /// The identities of keys made of these columns, all of `count` rows.
  package init(columns: [ColumnVector], count: Int) {
    self.init(RowKeys(columns: columns, count: count), of: columns)
  }

  /// The same, from keys whose bytes were made already.
  ///
  /// Those of texts, integers, bools and timestamps are the identity and are reused.
  package init(_ keys: RowKeys, of columns: [ColumnVector]) {
    guard !Self.areBytes(of: columns) else {
      texts = keys.texts
      return
    }
    var texts = TextValues()
    texts.offsets.reserveCapacity(keys.count + 1)
    texts.bytes.reserveCapacity(keys.texts.bytes.count)
    for row in 0..<keys.count {
      for column in columns { Self.append(column, row, to: &texts.bytes) }
      texts.offsets.append(UInt32(texts.bytes.count))
    }
    self.texts = texts
  }

  /// Returns true when the bytes of ``RowKeys`` are the identity of keys made of these columns:
  /// none can hold one number in two spellings.
  package static func areBytes(of columns: [ColumnVector]) -> Bool {
    !columns.contains {
      $0.type == .float64 || $0.type == .json || $0.type.vectorForm != nil
    }
  }

  /// The number of keys.
  package var count: Int { texts.count }

  /// The hash of each identity.
  package var hashes: [UInt64] { RowKeys.hashes(of: texts) }

  /// The bytes of a row's identity.
  package subscript(row: Int) -> ArraySlice<UInt8> { texts.bytes[texts.range(row)] }

  private static func append(_ column: ColumnVector, _ row: Int, to out: inout [UInt8]) {
    guard column.hasValue(row) else {
      out.append(0)
      return
    }
    switch column.values {
    case .float64(let floats, _): append(KeyNumber(floats[row]), to: &out)
    case .text, .dictionary:
      if let form = column.type.vectorForm, let text = column.values.text(row) {
        return append(VectorText.numbers(text.words.bytes[text.range], form), to: &out)
      }
      guard column.type == .json, let text = column.values.text(row),
        let number = KeyNumber(json: text.words.bytes[text.range])
      else { return RowKeys.append(column, row, to: &out) }
      append(number, to: &out)
    default: RowKeys.append(column, row, to: &out)
    }
  }

  /// Appends a vector: floats of 32 bits are those of 64 that they equal.
  private static func append(_ numbers: [Double], to out: inout [UInt8]) {
    out.append(8)
    out.append(varint: UInt64(numbers.count))
    // Adding zero makes 0.0 of -0.0.
    for number in numbers { out.append(littleEndian: (number + 0.0).bitPattern) }
  }

  private static func append(_ number: KeyNumber, to out: inout [UInt8]) {
    switch number {
    case .integer(let value):
      out.append(2)
      out.append(littleEndian: value)
    case .float(let bits):
      out.append(3)
      out.append(littleEndian: bits)
    case .decimal(let text):
      out.append(7)
      out.append(varint: UInt64(text.utf8.count))
      out.append(contentsOf: text.utf8)
    }
  }
}
