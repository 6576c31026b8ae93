import Columns
import Model

/// The types that columns of a file with types of its own are to have instead.
struct ColumnTypes {
  private let types: [String: ColumnType]
  private let file: String

  /// The types named for columns of `file`.
  init(_ types: [String: ColumnType], file: String) {
    self.types = types
    self.file = file
  }

  /// The file's columns with the types that were named for them.
  /// - Throws: ``StoreError`` of kind `usage` for a column that the file does not have and for a
  ///   type that its values cannot take.
  func applied(to columns: [ColumnDefinition]) throws(StoreError) -> [ColumnDefinition] {
    for name in types.keys.sorted() where !columns.contains(where: { $0.name == name }) {
      let near = NearNames(of: name, among: columns.map(\.name)).names.map { "'\($0)'" }
      throw StoreError(
        .usage,
        "a type is given for the column '\(name)', which the file does not have: "
          + (near.isEmpty ? "check its columns" : "did you mean \(near.joined(separator: ", "))?"),
        at: .init(file: file))
    }
    var result: [ColumnDefinition] = []
    for column in columns {
      let type = types[column.name] ?? column.type
      guard Self.canTake(column.type, type) else {
        throw StoreError(
          .usage,
          "the column '\(column.name)' is \(column.type.rawValue) in the file and cannot be read as "
            + type.rawValue, at: .init(file: file))
      }
      result.append(ColumnDefinition(name: column.name, type: type))
    }
    return result
  }

  private static func canTake(_ type: ColumnType, _ wanted: ColumnType) -> Bool {
    switch (type, wanted) {
    case _ where type == wanted: true
    case (.json, .file): true
    case (_, .file): false
    case (_, .json), (.int64, .float64), (.string, .timestamp): true
    default: false
    }
  }

  /// `vector` with the type of `column`, which ``applied(to:)`` gave.
  /// - Throws: ``StoreError`` of kind `invalid` for a value that is not of the type.
  static func retyped(
    _ vector: ColumnVector, to column: ColumnDefinition
  ) throws(StoreError) -> ColumnVector {
    if vector.type == column.type { return vector }
    if column.type == .file {
      return ColumnVector(
        type: .file, count: vector.count, validity: vector.validity, values: vector.values)
    }
    guard column.type == .timestamp else { return try vector.widened(to: column.type) }
    var moments = [Int64](repeating: 0, count: vector.count)
    for row in 0..<vector.count where vector.hasValue(row) {
      guard let text = vector.values.text(row),
        let moment = Timestamp(
          parsing: String(decoding: text.words.bytes[text.range], as: UTF8.self))
      else {
        throw StoreError(
          .invalid,
          "a value of the column '\(column.name)' is no timestamp as RFC 3339 writes it: correct "
            + "it, or read the column as string")
      }
      moments[row] = moment.microseconds
    }
    return ColumnVector(
      type: .timestamp, count: vector.count, validity: vector.validity, values: .int64(moments))
  }
}
