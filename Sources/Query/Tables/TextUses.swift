import GRDBSQLite
import Model

/// The columns of texts, or of mixed values, that a statement compares with numbers or reads as
/// numbers, found in SQLite's program for it.
///
/// A program is read once from its beginning to its end, following values from columns through
/// registers, sorters and subqueries to the operations on them
/// (https://www.sqlite.org/opcode.html). A value that comes another way is not found, and nothing
/// is said about it: what goes through functions, `CASE` and `coalesce`, lists after `IN`, and
/// results of other statements' aggregates.
struct TextUses {
  /// A use of a value as a number.
  enum Use: Int, CaseIterable {
    /// `<` beside a number, which SQLite makes a text for a column of texts.
    case letters
    /// `<` beside a number, which is below every text.
    case order
    /// `<` beside a column of numbers, for which texts that are numbers count as such.
    case orderAsNumbers
    /// `=` beside a number, which no text equals.
    case equality
    /// `CAST` to a number, and arithmetic: the number that a text begins with, else 0.
    case reading

    /// The use of `count` texts, after the column's name.
    func phrase(_ count: Int, first: String) -> String {
      let texts = count == 1 ? "1 text (\(first))" : "\(count) texts (\(first) first)"
      let are = count == 1 ? "is" : "are"
      switch self {
      case .letters:
        return "was compared with a number by letters, '10' below '9', since its values are texts, "
          + "\(count) that were read (\(first)\(count == 1 ? "" : " first")): "
          + "number(x) compares numbers"
      case .order, .orderAsNumbers:
        return "was compared with numbers where it has \(texts), which \(are) above every number: "
          + "number(x) is null for a text that is none"
      case .equality:
        return "was compared with numbers where it has \(texts) that would be a number without "
          + "quotes, and \(count == 1 ? "equals" : "equal") none so: number(x) compares numbers"
      case .reading:
        return
          "was read as numbers where it has \(texts) that \(are) none, taken for the number that "
          + "a text begins with, else for 0: number(x) is null for a text that is none"
      }
    }

    /// The use of texts in a condition, after how many they are.
    func finding(first: String) -> String {
      switch self {
      case .letters:
        "texts (\(first) first) compared with a number in the condition by letters, '10' below '9': "
          + "number(x) compares numbers"
      case .order, .orderAsNumbers:
        "texts (\(first) first) compared with numbers in the condition, above every number: "
          + "number(x) is null for a text that is none"
      case .equality:
        "texts (\(first) first) that would be numbers without quotes, and equal none in the "
          + "condition: number(x) compares numbers"
      case .reading:
        "texts (\(first) first) that are no numbers, taken in the condition for the number that they "
          + "begin with, else for 0: number(x) is null for them"
      }
    }
  }

  /// A column of a table, by their numbers.
  struct Place: Hashable {
    let table: Int
    let column: Int
  }

  /// The origin of a value.
  private enum Source {
    case column(Place, isText: Bool)
    case number, text, other
  }

  private let state: QueryState
  private(set) var uses: [Place: Set<Use>] = [:]
  /// The columns of which the statement asks what their values are, or whether one is a text.
  private(set) var examined: Set<Place> = []
  private var registers: [Int: Source] = [:]
  /// The parts of a record in a register, and of the records behind a cursor.
  private var records: [Int: [Source]] = [:]
  private var fields: [Int: [Source]] = [:]
  private var tables: [Int: Int] = [:]

  /// Reads the program of a statement that was prepared.
  init(_ sql: String, on connection: Connection) {
    state = connection.state
    var program: [Operation] = []
    var statement: OpaquePointer?
    defer { unsafe sqlite3_finalize(statement) }
    guard
      unsafe sqlite3_prepare_v2(connection.handle, "EXPLAIN " + sql, -1, &statement, nil)
        == SQLITE_OK
    else { return }
    while unsafe sqlite3_step(statement) == SQLITE_ROW {
      program.append(unsafe Operation(statement))
    }
    // The constants stand at the end, where the program begins.
    let constants = program.first?.name == "Init" ? program.first?.p2 ?? 0 : program.count
    for operation in program.dropFirst(constants) { read(operation) }
    for operation in program.prefix(constants) { read(operation) }
  }

  /// An operation of a program, as `EXPLAIN` has it.
  private struct Operation {
    let name: String
    let p1, p2, p3: Int
    let p4: String
    let p5: Int

    init(_ row: OpaquePointer?) {
      func text(_ column: Int32) -> String {
        guard let text = unsafe sqlite3_column_text(row, column) else { return "" }
        return unsafe String(cString: text)
      }
      name = text(1)
      p1 = Int(unsafe sqlite3_column_int(row, 2))
      p2 = Int(unsafe sqlite3_column_int(row, 3))
      p3 = Int(unsafe sqlite3_column_int(row, 4))
      p4 = text(5)
      // Hexadecimal digits until SQLite 3.38.
      let isNumber = unsafe sqlite3_column_type(row, 6) == SQLITE_INTEGER
      p5 = isNumber ? Int(unsafe sqlite3_column_int(row, 6)) : Int(text(6), radix: 16) ?? 0
    }

    /// The name of a function and how many arguments it has, as `round(1)`; -1 for any.
    var function: (name: String, count: Int) {
      let parts = p4.split { $0 == "(" || $0 == ")" }
      return (parts.first?.lowercased() ?? "", parts.count > 1 ? Int(parts[1]) ?? -1 : -1)
    }
  }

  private mutating func read(_ operation: Operation) {
    let (p1, p2, p3) = (operation.p1, operation.p2, operation.p3)
    switch operation.name {
    case "Integer", "Int64", "Real", "BitNot", "Not", "IsTrue", "ZeroOrNull", "Rowid", "Count",
      "Sequence":
      registers[p2] = .number
    case "String8", "String": registers[p2] = .text
    case "Null":
      for register in p2...max(p2, p3) { registers[register] = .other }
    case "Blob", "Variable", "RowData": registers[p2] = .other
    case "Copy":
      for offset in 0...max(p3, 0) { registers[p2 + offset] = registers[p1 + offset] }
    case "SCopy", "IntCopy": registers[p2] = registers[p1]
    case "Move":
      for offset in 0..<max(p3, 1) { registers[p2 + offset] = registers[p1 + offset] }
    case "Concat": registers[p3] = .text
    case "And", "Or", "BitAnd", "BitOr", "ShiftLeft", "ShiftRight": registers[p3] = .number
    case "Add", "Subtract", "Multiply", "Divide", "Remainder":
      use(p1, as: .reading)
      use(p2, as: .reading)
      registers[p3] = .number
    case "Cast": cast(p1, to: p2)
    case "Eq", "Ne", "Lt", "Le", "Gt", "Ge": compare(operation)
    case "Function", "PureFunc": call(operation)
    case "AggFinal", "AggValue":
      let isNumber = Self.numeric.contains(operation.function.name)
      registers[operation.name == "AggFinal" ? p1 : p3] = isNumber ? .number : .other
    default: readTable(operation)
    }
  }

  private mutating func readTable(_ operation: Operation) {
    let (p1, p2, p3) = (operation.p1, operation.p2, operation.p3)
    switch operation.name {
    case "VOpen": tables[p1] = state.handles[operation.p4.lowercased()]
    case "VColumn": registers[p3] = source(cursor: p1, column: p2)
    case "Column":
      let known = fields[p1] ?? []
      registers[p3] = known.indices.contains(p2) ? known[p2] : .other
    case "MakeRecord":
      records[p3] = (p1..<p1 + max(p2, 0)).map { registers[$0] ?? .other }
    case "SorterInsert", "IdxInsert", "Insert": fields[p1] = records[p2]
    case "SorterData": fields[p3] = fields[p1]
    default: break
    }
  }

  private func source(cursor: Int, column: Int) -> Source {
    guard let number = tables[cursor], let table = state.views[number],
      table.columns.indices.contains(column)
    else { return .other }
    switch table.columns[column].type {
    case .bool, .int64, .float64: return .number
    case .string: return .column(Place(table: number, column: column), isText: true)
    case .json: return .column(Place(table: number, column: column), isText: false)
    default: return .other
    }
  }

  private mutating func use(_ register: Int, as use: Use) {
    if case .column(let place, _) = registers[register] { uses[place, default: []].insert(use) }
  }

  /// Affinities as letters: https://www.sqlite.org/opcode.html#Cast.
  private mutating func cast(_ register: Int, to affinity: Int) {
    switch UInt8(truncatingIfNeeded: affinity) {
    case UInt8(ascii: "C"), UInt8(ascii: "D"), UInt8(ascii: "E"):
      use(register, as: .reading)
      registers[register] = .number
    case UInt8(ascii: "B"): registers[register] = .text
    default: registers[register] = .other
    }
  }

  private mutating func compare(_ operation: Operation) {
    let sides = [registers[operation.p1], registers[operation.p3]]
    for (side, other) in [(sides[0], sides[1]), (sides[1], sides[0])] {
      guard case .column(let place, let isText) = side else { continue }
      switch other {
      case .text: examined.insert(place)
      case .number:
        let isEquality = operation.name == "Eq" || operation.name == "Ne"
        // Columns of numbers have an affinity, which texts beside them take on.
        let takesNumbers = operation.p5 & 0x47 >= Int(UInt8(ascii: "C"))
        if takesNumbers {
          if !isEquality { uses[place, default: []].insert(.orderAsNumbers) }
        } else if isText {
          if !isEquality { uses[place, default: []].insert(.letters) }
        } else {
          uses[place, default: []].insert(isEquality ? .equality : .order)
        }
      default: break
      }
    }
  }

  private mutating func call(_ operation: Operation) {
    let (name, count) = operation.function
    if Self.examining.contains(name) {
      for register in operation.p2..<operation.p2 + max(count, 1) {
        if case .column(let place, _) = registers[register] { examined.insert(place) }
      }
    }
    registers[operation.p3] = Self.numeric.contains(name) ? .number : .other
  }

  /// Functions that distinguish values by what they are.
  private static let examining: Set<String> = [
    "typeof", "number", "like", "glob", "json_type", "json_valid", "length", "instr",
  ]

  /// Functions whose results are numbers.
  private static let numeric: Set<String> = [
    "abs", "avg", "count", "instr", "json_array_length", "julianday", "length", "median", "number",
    "quantile", "round", "stddev", "stddev_pop", "stddev_samp", "sum", "total", "unixepoch",
    "var_pop", "var_samp", "variance",
  ]
}
