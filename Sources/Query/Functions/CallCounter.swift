import GRDBSQLite
import Model

/// A rewriter of statements that gives each call of an aggregate of numbers a function of its own,
/// so that the texts it reads are counted for it.
///
/// Sums become calls of ``NumberSum`` under other names. `min` and `max` stay SQLite's, which takes
/// the rest of a row from the row of an extreme: the column within is passed through a function
/// that counts, and so is the result. Only columns of texts and of mixed values are, whose order
/// does not depend on a collation that a function would hide.
struct CallCounter {
  private struct Call {
    let function: AggregateCall.Function
    /// The tokens between the brackets.
    let argument: Range<Int>
    /// The position of the bracket that closes.
    var end: Int { argument.upperBound }
  }

  private let connection: Connection
  private let tokens: [SQLToken]
  /// By the call in small letters, so that equal calls stay equal.
  private var numbers: [DataText: Int] = [:]

  /// The statement with the same results for one that was prepared; nil when it has no such call,
  /// or is not understood.
  static func statement(_ sql: String, on connection: Connection) -> Statement? {
    guard let tokens = SQLToken.tokens(of: sql) else { return nil }
    var counter = CallCounter(connection: connection, tokens: tokens)
    // What SQLite does not take was not understood; it has taken the statement itself.
    return counter.rewritten().flatMap { try? Statement($0, on: connection) }
  }

  private init(connection: Connection, tokens: [SQLToken]) {
    (self.connection, self.tokens) = (connection, tokens)
  }

  private mutating func rewritten() -> String? {
    // Within other selects a name may stand for something else.
    let selects = tokens.count { $0.keyword == "SELECT" }
    var words = tokens.map(\.source)
    var isChanged = false
    for (index, token) in tokens.enumerated() where token.kind == .word {
      guard let call = call(at: index) else { continue }
      if isTableName(call) { return nil }
      if !call.function.isExtreme {
        words[index] = quoted(number(of: call), "sum")
        isChanged = true
      } else if selects == 1, isOpen(call.argument) {
        let number = number(of: call)
        words[call.argument.lowerBound] =
          quoted(number, "value") + " ( " + words[call.argument.lowerBound]
        words[call.end] = ") " + words[call.end]
        isChanged = true
        let after = call.end + 1 < tokens.count ? tokens[call.end + 1].keyword : ""
        if after != "FILTER", after != "OVER" {
          words[index] = quoted(number, "result") + " ( " + words[index]
          words[call.end] += " )"
        }
      }
    }
    return isChanged ? words.joined(separator: " ") : nil
  }

  private func quoted(_ number: Int, _ what: String) -> String {
    VirtualTable.quoted(Self.name(number, what))
  }

  private static func name(_ number: Int, _ what: String) -> String { "(\(what) \(number))" }

  /// The call of an aggregate of one argument whose name is the token at `index`.
  private func call(at index: Int) -> Call? {
    guard let function = AggregateCall.Function(rawValue: tokens[index].name.lowercased()),
      index + 2 < tokens.count, tokens[index + 1].isSign("(")
    else { return nil }
    var depth = 0
    for place in (index + 1)..<tokens.count {
      if tokens[place].isSign("(") { depth += 1 }
      if tokens[place].isSign(")") { depth -= 1 }
      if depth == 1, tokens[place].isSign(",") { return nil }
      guard depth == 0 else { continue }
      let argument = index + 2..<place
      return argument.isEmpty ? nil : Call(function: function, argument: argument)
    }
    return nil
  }

  /// Returns true for what names a table and its columns: `WITH avg(x) AS (…)`.
  private func isTableName(_ call: Call) -> Bool {
    guard call.end + 2 < tokens.count, tokens[call.end + 1].keyword == "AS" else { return false }
    return tokens[call.end + 2].isSign("(")
      || ["MATERIALIZED", "NOT"].contains(tokens[call.end + 2].keyword)
  }

  /// Returns true for the name of a column that is of texts or of mixed values in every table.
  private func isOpen(_ argument: Range<Int>) -> Bool {
    let tokens = tokens[argument]
    guard let last = tokens.last, last.isName,
      tokens.count == 1 || tokens.count == 3 && tokens[tokens.startIndex + 1].isSign(".")
    else { return false }
    let name = last.name.lowercasedASCII
    let types = connection.state.tables.compactMap { table in
      let known = VirtualTable(table.table, state: connection.state)
      return known.sqlNames.firstIndex { $0.lowercasedASCII.hasBytes(of: name) }
        .map { known.columns[$0].type }
    }
    return !types.isEmpty && types.allSatisfy { $0 == .string || $0 == .json }
  }

  /// The number of a call, whose functions are made known with the first of the same.
  private mutating func number(of call: Call) -> Int {
    let text = SQLToken.text(of: tokens[call.argument])
    let key = DataText("\(call.function.rawValue)(\(text.lowercasedASCII))")
    if let known = numbers[key] { return known }
    let number = numbers.count
    numbers[key] = number
    let counted = AggregateCall(call.function, of: text)
    let (handle, state) = unsafe (connection.handle, connection.state)
    guard call.function.isExtreme else {
      unsafe NumberSum.register(counted, named: Self.name(number, "sum"), on: handle, state)
      return number
    }
    let owner = unsafe Unmanaged.passUnretained(state.calls.add(counted)).toOpaque()
    unsafe sqlite3_create_function_v2(
      handle, Self.name(number, "value"), 1, TextFunctions.flags, owner,
      { unsafe CallCounter.pass($0, $2, isResult: false) }, nil, nil, nil)
    unsafe sqlite3_create_function_v2(
      handle, Self.name(number, "result"), 1, TextFunctions.flags, owner,
      { unsafe CallCounter.pass($0, $2, isResult: true) }, nil, nil, nil)
    return number
  }

  /// Gives the argument as it is, once it was looked at.
  private static func pass(
    _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<OpaquePointer?>?, isResult: Bool
  ) {
    let value = unsafe arguments?[0]
    let call = unsafe AggregateCall.of(context)
    switch unsafe sqlite3_value_type(value) {
    case SQLITE_NULL: break
    case SQLITE_INTEGER, SQLITE_FLOAT: if !isResult { call?.readNumber() }
    default:
      if !isResult {
        unsafe call?.read(text: value)
      } else if let text = unsafe TextFunctions.text(value) {
        unsafe call?.give(text: text)
      }
    }
    unsafe sqlite3_result_value(context, value)
  }
}
