import Model

/// The keys of rows as the bytes that cut row groups, which are part of the format.
///
/// Two spellings of one number differ as bytes; ``KeyIdentities`` decides which keys are equal.
///
/// A cell is a tag and a payload: 0 null · 1 bool u8 · 2 integer i64 · 3 float by its bits · 4
/// text, length varint and bytes · 5 moment i64 · 6 nested JSON as text · 8 vector, length varint
/// and bytes. A float written as an integer and a scalar of a `json` column take the form of their
/// value, so a key column may change its type between versions without every row changing its
/// identity.
package struct RowKeys: Sendable {
  /// The key of each row.
  package private(set) var texts: TextValues

  /// The keys of rows made of these columns, all of `count` rows.
  package init(columns: [ColumnVector], count: Int) {
    texts = TextValues()
    texts.offsets.reserveCapacity(count + 1)
    if columns.count == 1, case .text(let words) = columns[0].values, columns[0].type == .string,
      columns[0].validity == nil
    {
      texts.bytes.reserveCapacity(words.bytes.count + 3 * count)
      for row in 0..<count {
        Self.append(text: words.bytes[words.range(row)], to: &texts.bytes)
        texts.offsets.append(UInt32(texts.bytes.count))
      }
      return
    }
    for row in 0..<count {
      for column in columns { Self.append(column, row, to: &texts.bytes) }
      texts.offsets.append(UInt32(texts.bytes.count))
    }
  }

  /// The whole content of rows as keys, for rows that have none: the position and value of each
  /// cell that has a value, so that a column that is null everywhere changes nothing.
  package init(contentOf columns: [ColumnVector], count: Int) {
    texts = TextValues()
    texts.offsets.reserveCapacity(count + 1)
    for row in 0..<count {
      for (position, column) in columns.enumerated() where column.hasValue(row) {
        texts.bytes.append(varint: UInt64(position))
        Self.append(column, row, to: &texts.bytes)
      }
      texts.offsets.append(UInt32(texts.bytes.count))
    }
  }

  /// The number of keys.
  package var count: Int { texts.count }

  /// The hash of each key.
  package var hashes: [UInt64] { Self.hashes(of: texts) }

  /// The hash of each text.
  static func hashes(of texts: TextValues) -> [UInt64] {
    unsafe texts.bytes.withUnsafeBytes { bytes in
      (0..<texts.count).map { row in
        var hash = TextHash()
        unsafe hash.combine(UnsafeRawBufferPointer(rebasing: bytes[texts.range(row)]))
        return hash.value
      }
    }
  }

  static func append(_ column: ColumnVector, _ row: Int, to out: inout [UInt8]) {
    guard column.hasValue(row) else {
      out.append(0)
      return
    }
    switch column.values {
    case .none: out.append(0)
    case .bool(let bits): out.append(contentsOf: [1, bits[row] ? 1 : 0])
    case .int64(let integers):
      out.append(column.type == .timestamp ? 5 : 2)
      out.append(littleEndian: integers[row])
    case .float64(let floats, let integral):
      append(floats[row], isIntegral: integral?[row] ?? false, to: &out)
    case .text, .dictionary:
      guard let text = column.values.text(row) else { return }
      let bytes = text.words.bytes[text.range]
      if column.type == .string {
        append(text: bytes, to: &out)
      } else if column.type.vectorForm != nil {
        out.append(8)
        out.append(varint: UInt64(bytes.count))
        out.append(contentsOf: bytes)
      } else {
        append(json: bytes, to: &out)
      }
    }
  }

  private static func append(_ value: Double, isIntegral: Bool, to out: inout [UInt8]) {
    if isIntegral {
      out.append(2)
      out.append(littleEndian: Int64(value))
    } else {
      out.append(3)
      out.append(littleEndian: value.bitPattern)
    }
  }

  @inline(__always)
  private static func append(text: ArraySlice<UInt8>, to out: inout [UInt8]) {
    out.append(4)
    out.append(varint: UInt64(text.count))
    out.append(contentsOf: text)
  }

  private static func append(json: ArraySlice<UInt8>, to out: inout [UInt8]) {
    switch JSONScalar(json) {
    case .bool(let value): out.append(contentsOf: [1, value ? 1 : 0])
    case .integer(let value):
      out.append(2)
      out.append(littleEndian: value)
    case .float(let value): append(value, isIntegral: false, to: &out)
    case .text(let bytes): append(text: bytes[...], to: &out)
    case nil:
      out.append(6)
      out.append(varint: UInt64(json.count))
      out.append(contentsOf: json)
    }
  }
}
