package import Columns
package import Model
import Platform

/// Columns of some rows of a version in memory: what statistics start from.
package struct ColumnTable: Sendable {
  /// The name of the rows in errors, for example `results@3`.
  package let name: String
  package let columns: [ColumnDefinition]
  /// The number of rows.
  package let count: Int
  /// The names of all columns of the version, also of those that are not in memory.
  let known: [String]
  /// Parallel to `columns`, each of all the rows.
  private let vectors: [ColumnVector]

  /// The rows of batches that have the same columns, one batch after another.
  /// - Parameter known: The names of all columns that could have been read; nil for `columns`.
  package init(
    name: String, columns: [ColumnDefinition], known: [String]? = nil, batches: [RowBatch]
  ) {
    self.name = name
    self.columns = columns
    self.known = known ?? columns.map(\.name)
    let runs = batches.enumerated().filter { $1.count > 0 }.map { index, batch in
      RowRun(source: Int32(index), start: 0, count: Int32(batch.count))
    }
    count = batches.reduce(0) { $0 + $1.count }
    vectors = columns.indices.map { column in
      ColumnVector.gather(
        runs, from: batches.map { $0.vectors[column] }, type: columns[column].type)
    }
  }

  /// Returns true when a column has that name.
  package func has(_ column: String) -> Bool { columns.position(of: column) != nil }

  /// The type of the column called `name`; nil when there is no such column.
  package func type(of name: String) -> ColumnType? {
    columns.position(of: name).map { columns[$0].type }
  }

  /// Returns true when the version has a column of that name, in memory or not.
  package func knows(_ column: String) -> Bool { known.contains(column) }

  /// The column called `name`.
  ///
  /// Analyses ask for columns again and again, so this ends one of a request that was cancelled.
  /// - Throws: ``StoreError`` of kind `usage` for a missing column, with the names that are near.
  package func vector(_ name: String) throws(StoreError) -> ColumnVector {
    try CancellationFlag.check()
    guard let index = columns.position(of: name) else {
      let advice = Spelling.advice(name, known)
      throw StoreError(.usage, "\(self.name) has no column '\(name)'; \(advice)")
    }
    return vectors[index]
  }

  /// A column as numbers: true is 1 and false 0; nil where there is no value, or none that is a
  /// finite number.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column, or it holds texts.
  package func numbers(_ name: String) throws(StoreError) -> [Double?] {
    let vector = try vector(name)
    func present(_ value: (Int) -> Double?) -> [Double?] {
      (0..<count).map { row in
        vector.hasValue(row) ? value(row).flatMap { $0.isFinite ? $0 : nil } : nil
      }
    }
    switch vector.values {
    case .none: return Array(repeating: nil, count: count)
    case .bool(let bits): return present { bits[$0] ? 1 : 0 }
    case .int64(let integers) where vector.type == .int64:
      return present { Double(integers[$0]) }
    case .float64(let reals, _): return present { reals[$0] }
    case .text, .dictionary:
      guard vector.type == .json else { break }
      return present { row in Self.number(vector.values.text(row)) }
    default: break
    }
    throw StoreError(
      .usage,
      "the column '\(name)' of \(self.name) holds \(vector.type.rawValue) values; "
        + "a metric is a column of numbers or of true and false")
  }

  /// The number of some rows whose value in a mixed column is not a number: a text, a list, an
  /// object.
  package func otherCount(_ name: String, rows: [Int]) -> Int { others(name, rows: rows).count }

  /// Those of some rows whose value in a mixed column is not a number.
  package func others(_ name: String, rows: [Int]) -> [Int] {
    guard let vector = try? vector(name), vector.type == .json else { return [] }
    return rows.filter { row in
      guard vector.hasValue(row), let text = vector.values.text(row) else { return false }
      let json = text.words.bytes[text.range]
      switch JSONScalar(json) {
      case .bool, .integer, .float: return false
      case .text: return true
      case nil: return json.first != UInt8(ascii: "n")
      }
    }
  }

  /// The number of some rows whose integer is no float, so that ``numbers(_:)`` has the nearest.
  package func roundedCount(_ name: String, rows: [Int]) -> Int {
    guard let vector = try? vector(name) else { return 0 }
    func isRounded(_ integer: Int64) -> Bool { Int64(exactly: Double(integer)) != integer }
    switch vector.values {
    case .int64(let integers) where vector.type == .int64:
      return rows.count { vector.hasValue($0) && isRounded(integers[$0]) }
    case .text, .dictionary:
      guard vector.type == .json else { return 0 }
      return rows.count { row in
        guard vector.hasValue(row), let text = vector.values.text(row),
          case .integer(let integer) = JSONScalar(text.words.bytes[text.range])
        else { return false }
        return isRounded(integer)
      }
    default: return 0
    }
  }

  private static func number(_ text: (words: TextValues, range: Range<Int>)?) -> Double? {
    guard let text else { return nil }
    switch JSONScalar(text.words.bytes[text.range]) {
    case .bool(let value): return value ? 1 : 0
    case .integer(let value): return Double(value)
    case .float(let value): return value
    default: return nil
    }
  }

  /// A column as texts: a string as it is, any other value as its JSON; nil for null.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column.
  package func texts(_ name: String) throws(StoreError) -> [String?] {
    let vector = try vector(name)
    let texts = vector.type == .string ? vector : try vector.widened(to: .json)
    return (0..<count).map { row in
      guard texts.hasValue(row), let text = texts.values.text(row) else { return nil }
      return String(decoding: text.words.bytes[text.range], as: UTF8.self)
    }
  }

  /// A column as labels that identify groups, arms and items; nil for null.
  /// - Throws: ``StoreError`` of kind `usage` when there is no such column.
  package func labels(_ name: String) throws(StoreError) -> [ValueLabel?] {
    ValueLabel.labels(try vector(name))
  }

  /// Some of the rows, in this order.
  package func selecting(_ rows: [Int]) -> ColumnTable {
    let runs = rows.map { RowRun(source: 0, start: Int32($0), count: 1) }
    return ColumnTable(
      name: name, columns: columns,
      batches: [
        RowBatch(
          columns: columns,
          vectors: zip(columns, vectors).map { column, vector in
            ColumnVector.gather(runs, from: [vector], type: column.type)
          }, count: rows.count)
      ])
  }
}
