package import Columns
package import Model

/// Rows of a file with the types that a dataset has for its columns, where the file does not say
/// others itself.
///
/// What JSON has no word for is taken from the dataset: timestamps, and integers that are floats
/// written so. `1.0` among integers is what the file says; floats of a file that has columns of its
/// own types are integers there where they are whole, since tools have no other for integers beside
/// nulls. Whatever the format, a column without a value has the dataset's type, a column that the
/// dataset has as `json` stays `json`, and texts of a file that has columns of its own types are
/// read as JSON there. Moments of a key stay moments: any other cell is refused. A CSV file is
/// read with the dataset's types by its own reader. Types only widen, as with every reader.
package struct ExpectedTypesReader: RowReader {
  private var base: any RowReader
  private let expected: ExpectedColumns
  /// Columns that have turned out to hold other values.
  private var dropped: Set<DataText> = []
  private var misfits: [ReadRemarks.Misfit] = []
  /// The first value of each column that is of another type in a file that has types of its own,
  /// where none that came before it shows why.
  private var others: [ReadRemarks.Misfit] = []
  /// The first line of each column whose text is no JSON.
  private var texts: [(column: String, line: UInt32)] = []
  /// The columns whose moments become texts, since the dataset has those.
  private var moments: [ExpectedColumns.Column] = []

  /// A reader of `base`, whose next pass begins at its first row.
  package init(
    _ base: any RowReader, expecting expected: ExpectedColumns
  ) throws(StoreError) {
    self.base = base
    self.expected = expected
    try self.base.expect(expected)
  }

  /// The reader of the file itself.
  package var file: any RowReader { base }

  package var typing: FileTyping { base.typing }

  package var remarks: ReadRemarks {
    var remarks = base.remarks
    remarks.misfits += misfits + others
    remarks.readings += texts.map {
      "cells that are not JSON as texts in \($0.column), the first in row \($0.line)"
    }
    remarks.doubts += moments.map(Self.sentence)
    return remarks
  }

  private static func sentence(_ column: ExpectedColumns.Column) -> String {
    let types = "'--types " + NameList.text(["\(column.name)=timestamp"]) + "'"
    return "the moments of the file are texts in '\(column.name)', since it is "
      + "\(column.type.rawValue) in the dataset: "
      + (column.isKey
        ? "to have them as keys, push all rows with \(types)"
        : "\(types) makes them moments, and the texts that are there")
  }

  package mutating func restart() throws(StoreError) { try base.restart() }

  package mutating func next() throws(StoreError) -> InputBatch? {
    guard let batch = try base.next() else { return nil }
    if base.typing == .none { return batch }
    var columns = batch.rows.columns
    var vectors = batch.rows.vectors
    for (position, column) in columns.enumerated() {
      let (name, vector) = (column.name, vectors[position])
      // Vectors are looked for in what the file has, where files are.
      guard let known = expected.typeWithoutValues(name), known.vectorForm == nil else { continue }
      noteMoments(name, vector)
      // Files are looked for in what is JSON.
      let type = known == .file ? .json : known
      if type == column.type { continue }
      if dropped.contains(name) {
        // The cell that shows why may come in a later batch than the type.
        note(name, vector, batch.lines)
        continue
      }
      guard let kept = try fitted(vector, to: type, name, batch.lines) else {
        note(name, vector, batch.lines)
        if expected[name]?.refusesOthers == true, known == .timestamp,
          let misfit = misfits.first(where: { $0.column.hasBytes(of: name) })
        {
          throw misfit.refusal
        }
        // From now on, and in every other pass, the column is what the file has.
        dropped.insert(DataText(name))
        continue
      }
      vectors[position] = kept
      columns[position] = ColumnDefinition(name: name, type: kept.type)
    }
    return InputBatch(
      rows: RowBatch(columns: columns, vectors: vectors, count: batch.rows.count),
      lines: batch.lines)
  }

  /// Takes note of moments that become texts; where they do not join any, texts become moments.
  private mutating func noteMoments(_ name: String, _ vector: ColumnVector) {
    guard vector.type == .timestamp, !vector.isAllNull, let known = expected[name],
      known.type == .json || known.type == .string && (expected.isJoined || known.isKey),
      !moments.contains(where: { $0.name.hasBytes(of: name) })
    else { return }
    moments.append(known)
  }

  /// The values as `type`; nil when the file says that they are of another.
  private mutating func fitted(
    _ vector: ColumnVector, to type: ColumnType, _ name: String, _ lines: [UInt32]
  ) throws(StoreError) -> ColumnVector? {
    if vector.isAllNull { return .nulls(type, count: vector.count) }
    // A column of only nulls has a type for want of values.
    guard let known = expected[name] else { return nil }
    switch (vector.type, type) {
    case (.string, .json) where typing == .all:
      let (json, firstText) = try JSONCells.vector(vector)
      if let row = firstText, !texts.contains(where: { $0.column.hasBytes(of: name) }) {
        texts.append((name, lines[row]))
      }
      return json
    case (.vector(let form), .json) where known.type == .json:
      // As text, floats of 32 bits have the digits of what they are as 64, as in other lists.
      let wide = VectorForm(count: form.count, element: .f64)
      return try (wide.flatMap { try? vector.vectors($0) } ?? vector).widened(to: .json)
    case (_, .json) where known.type == .json: return try vector.widened(to: .json)
    case (.int64, .float64) where typing == .some:
      return vector.fitsFloats ? try vector.widened(to: .float64) : nil
    case (.float64, .int64) where typing == .all: return vector.asIntegers
    case (.string, .timestamp) where typing == .some || known.isKey:
      return try? ColumnTypes.moments(vector)
    case (.timestamp, .string) where known.isKey: return try vector.widened(to: .string)
    default: return nil
    }
  }

  /// Takes note of the first cells for whose sake a column is read as the file has it: one for
  /// each type that they make it.
  ///
  /// Where a file has a type for all of its cells, that is the first which is not of the dataset's;
  /// should none be, the first with a value.
  private mutating func note(_ name: String, _ vector: ColumnVector, _ lines: [UInt32]) {
    guard let known = expected[name], known.hasValues else { return }
    var types = misfits.filter { $0.column.hasBytes(of: name) }.map(\.wider)
    if typing == .all, !types.isEmpty { return }
    for row in 0..<vector.count where vector.hasValue(row) {
      // No cell is of a wider type than JSON.
      if types.last == .json { return }
      let wider = Self.wider(known.type, vector, row, allowsWhole: typing == .all)
      if wider == known.type {
        if typing == .all, !others.contains(where: { $0.column.hasBytes(of: name) }) {
          others.append(misfit(known, vector, row, lines, wider: vector.type))
        }
        continue
      }
      if types.contains(wider) { continue }
      types.append(wider)
      misfits.append(misfit(known, vector, row, lines, wider: wider))
      if typing == .all { return }
    }
  }

  private func misfit(
    _ known: ExpectedColumns.Column, _ vector: ColumnVector, _ row: Int, _ lines: [UInt32],
    wider: ColumnType
  ) -> ReadRemarks.Misfit {
    var misfit = ReadRemarks.Misfit(
      column: known.name, expected: known.type, wider: wider, line: Int(lines[row]),
      text: ReadRemarks.quoted(vector, row))
    misfit.isRow = typing == .all
    return misfit
  }

  /// The values of JSON in a key's column as those of the dataset's, whose moments are texts in
  /// JSON.
  /// - Parameter lines: The line of each row.
  /// - Throws: ``StoreError`` of kind `invalid` for another value among moments.
  package static func keyValues(
    _ vector: ColumnVector, of column: ColumnDefinition, _ lines: [UInt32]
  ) throws(StoreError) -> ColumnVector {
    guard column.type == .timestamp else { return vector }
    if vector.type == .string, let moments = try? ColumnTypes.moments(vector) { return moments }
    let row = (0..<vector.count).first {
      vector.hasValue($0) && wider(column.type, vector, $0) != column.type
    }
    throw ReadRemarks.Misfit(
      column: column.name, expected: column.type, wider: .string, line: Int(lines[row ?? 0]),
      text: ReadRemarks.quoted(vector, row ?? 0)
    ).refusal
  }

  /// The type that holds a cell as JSON has it, and others of `type`.
  /// - Parameter allowsWhole: Whether whole floats may be integers.
  private static func wider(
    _ type: ColumnType, _ vector: ColumnVector, _ row: Int, allowsWhole: Bool = false
  ) -> ColumnType {
    guard vector.type == .json || vector.type == .string, let text = vector.values.text(row) else {
      switch vector.values {
      case .int64(let integers) where vector.type == .int64:
        return wider(type, .integer(integers[row]))
      case .float64(let floats, let marks):
        if marks?[row] == true { return wider(type, .integer(Int64(floats[row]))) }
        let isInteger = allowsWhole && type == .int64 && floats[row].asInteger != nil
        return isInteger ? type : type.union(.float64)
      default: return type.union(vector.type)
      }
    }
    let bytes = text.words.bytes[text.range]
    return wider(type, vector.type == .json ? JSONScalar(bytes) : .text(Array(bytes)))
  }

  private static func wider(_ type: ColumnType, _ scalar: JSONScalar?) -> ColumnType {
    switch scalar {
    case .bool: type.union(.bool)
    case .float: type.union(.float64)
    case .integer(let value):
      type == .float64 && value.magnitude > 1 << 53 ? .json : type.union(.int64)
    case .text(let bytes):
      type != .timestamp
        ? type.union(.string)
        : Timestamp(iso8601: String(decoding: bytes, as: UTF8.self)) == nil ? .string : type
    default: .json
    }
  }
}
