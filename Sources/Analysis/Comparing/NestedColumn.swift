import Columns
package import Model

/// A member of the objects in a nested column, read as a column of texts of its own.
package struct NestedColumn: Sendable {
  package let column: String
  package let member: String
  /// True when the values of the column are texts that are JSON, as CSV has it.
  let isText: Bool

  /// The name of the column: `meta.judge`.
  package var name: String { "\(column).\(member)" }

  /// The member of `column` called `member`.
  package init(column: String, member: String, isText: Bool = false) {
    self.column = column
    self.member = member
    self.isText = isText
  }

  /// The compact JSON of a text that is a JSON object; nil for any other text.
  static func object(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard let first = text.first(where: { !" \n\r\t".utf8.contains($0) }),
      first == UInt8(ascii: "{"), let json = try? JSON(parsing: Array(text)), json.object != nil
    else { return nil }
    return json.compactBytes
  }

  /// The member of each value: a text as it is, a number in its shortest spelling, any other value
  /// as its JSON; null where the member is missing.
  func values(of vector: ColumnVector) -> ColumnVector {
    var texts = TextValues()
    var validity = Bitmap(repeating: false, count: vector.count)
    for row in 0..<vector.count {
      if vector.hasValue(row), let text = vector.values.text(row),
        let value = member(of: text.words.bytes, text.range)
      {
        texts.bytes += value
        validity[row] = true
      }
      texts.offsets.append(UInt32(texts.bytes.count))
    }
    return ColumnVector(
      type: .string, count: vector.count, validity: validity, values: .text(texts))
  }

  private func member(of bytes: [UInt8], _ range: Range<Int>) -> [UInt8]? {
    guard isText else { return value(in: bytes, range) }
    return Self.object(bytes[range]).flatMap { value(in: $0, 0..<$0.count) }
  }

  private func value(in bytes: [UInt8], _ range: Range<Int>) -> [UInt8]? {
    var cursor = JSONCursor(bytes, range)
    guard cursor.take("{") else { return nil }
    while !cursor.isAtEnd, cursor.next == UInt8(ascii: "\"") {
      let name = cursor.string()
      guard cursor.take(":") else { return nil }
      let value = cursor.value()
      if name.elementsEqual(member.utf8) {
        switch JSONScalar(value) {
        case .text(let text): return Array(text)
        case nil where value.first == UInt8(ascii: "n"): return nil
        case .integer, .float:
          return KeyNumber(json: value).map { Array($0.text.utf8) } ?? Array(value)
        default: return Array(value)
        }
      }
      guard cursor.take(",") else { return nil }
    }
    return nil
  }
}

extension ColumnTable {
  /// The table with members of nested columns as columns of their own, behind the others.
  ///
  /// - Parameter kept: Whether a nested column stays in memory itself.
  package func unfolding(
    _ members: [NestedColumn], keeping kept: (String) -> Bool
  ) throws(StoreError) -> ColumnTable {
    if members.isEmpty { return self }
    let own = columns.filter { column in
      kept(column.name) || !members.contains { $0.column.hasBytes(of: column.name) }
    }
    let new = members.filter { !self.columns.map(\.name).hasText($0.name) }
    var vectors: [ColumnVector] = []
    for column in own { vectors.append(try vector(column.name)) }
    for member in new { vectors.append(member.values(of: try vector(member.column))) }
    let definitions = own + new.map { ColumnDefinition(name: $0.name, type: .string) }
    return ColumnTable(
      name: name, columns: definitions, known: known + new.map(\.name),
      batches: [RowBatch(columns: definitions, vectors: vectors, count: count)])
  }
}
