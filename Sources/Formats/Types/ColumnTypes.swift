import Columns
import Model

/// The types that columns of a file with types of its own are to have instead.
struct ColumnTypes {
  private let types: [DataText: ColumnType]
  private let base64: [String]
  private let file: String

  /// The types named for columns of `file`.
  init(_ options: ReadOptions, file: String) {
    types = options.types
    base64 = options.base64
    self.file = file
  }

  /// Throws unless the file, whose columns are called `names`, has every column with a named type.
  /// - Throws: ``StoreError`` of kind `usage` for one that it does not have.
  func requireNames(among names: [String]) throws(StoreError) {
    let known = names.textSet
    for name in types.keys.sorted().map(\.string) + base64 where !known.contains(name) {
      throw .unknownColumn(name, among: names, file: file)
    }
  }

  /// The file's columns with the types that were named for them.
  /// - Throws: ``StoreError`` of kind `usage` for a column that the file does not have and for a
  ///   type that its values cannot take.
  func applied(to columns: [ColumnDefinition]) throws(StoreError) -> [ColumnDefinition] {
    try requireNames(among: columns.map(\.name))
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
    case (.json, .file), (.json, .vector), (.string, .vector), (.vector, .vector): true
    case (_, .file), (_, .vector): false
    case (_, .json), (.int64, .float64), (.string, .timestamp): true
    case (.int64, .bool), (.float64, .bool): true
    default: false
    }
  }

  /// The values of `vector` as `type`; nulls are of any.
  /// - Throws: ``StoreError`` of kind `invalid` for a value that is not of the type.
  static func retyped(
    _ vector: ColumnVector, to type: ColumnType
  ) throws(StoreError) -> ColumnVector {
    if vector.type == type { return vector }
    if vector.isAllNull { return .nulls(type, count: vector.count) }
    guard canTake(vector.type, type) else {
      throw StoreError(
        .invalid,
        "its values are \(vector.type.rawValue) and not \(type.rawValue), the type that was named "
          + "for it: name another type or none")
    }
    switch type {
    case .file:
      return ColumnVector(
        type: type, count: vector.count, validity: vector.validity, values: vector.values)
    case .timestamp: return try moments(vector)
    case .bool:
      do throws(OtherValue) {
        return try vector.converted(as: .bool)
      } catch {
        throw StoreError(
          .invalid,
          "the value \(vector.display(error.row)) is neither 0 nor 1, which are false and true: "
            + "name another type or none")
      }
    case .vector(let form):
      do throws(ColumnVector.NoVector) {
        return try vector.vectors(form)
      } catch {
        throw StoreError(.invalid, misfit(form))
      }
    default: return try vector.widened(to: type)
    }
  }

  /// `advice`, and to read the column as `type`, with what names that.
  static func advice(_ advice: String, orRead column: String, as type: String) -> String {
    let pair = NameList.text(["\(column)=\(type)"])
    return "\(advice), or read the column as \(type) ('--types \(pair)')"
  }

  /// The refusal of a column whose structures have two fields of one name.
  static func twinFields(_ column: String) -> StoreError {
    StoreError(
      .invalid,
      "the column '\(column)' has a structure with two fields of one name, and JSON has no such "
        + "object: name them apart")
  }

  /// The refusal of values of an extension type that is not known.
  static let extensionAdvice =
    "write them as text, or name a type for the column to take what stands for them"

  /// The message for a value that is not a vector of `form`.
  static func misfit(_ form: VectorForm) -> String {
    "a value is not a list of \(form.count) numbers that \(form.element.rawValue) holds exactly: "
      + (form.element == .f32 ? "name f64, " : "name ") + "another length, or the type json"
  }

  /// Texts as the moments that they write.
  /// - Throws: ``StoreError`` of kind `invalid` for a text that writes none.
  static func moments(_ vector: ColumnVector) throws(StoreError) -> ColumnVector {
    var moments = [Int64](repeating: 0, count: vector.count)
    for row in 0..<vector.count where vector.hasValue(row) {
      guard let text = vector.values.text(row),
        let moment = Timestamp(
          iso8601: String(decoding: text.words.bytes[text.range], as: UTF8.self))
      else {
        throw StoreError(
          .invalid,
          "a value is not an ISO 8601 timestamp of whole microseconds: correct it, or read "
            + "the column as string")
      }
      moments[row] = moment.microseconds
    }
    return ColumnVector(
      type: .timestamp, count: vector.count, validity: vector.validity, values: .int64(moments))
  }
}

extension StoreError {
  /// A type that is given for a column which `file`, with the columns `names`, does not have.
  static func unknownColumn(_ name: String, among names: [String], file: String) -> StoreError {
    StoreError(
      .usage,
      "a type is given for the column '\(name)', which the file does not have: "
        + Spelling.advice(name, names), at: .init(file: file))
  }
}
