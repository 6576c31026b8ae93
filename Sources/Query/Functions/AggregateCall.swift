import Columns
import GRDBSQLite
import Model

/// A call of an aggregate in a statement, and the texts that it took for numbers, or compared as
/// what they are not.
final class AggregateCall {
  enum Function: String {
    case sum, total, avg, min, max

    /// True for those that compare values, and add none.
    var isExtreme: Bool { self == .min || self == .max }
  }

  let function: Function
  /// The call as the statement has it, shortened; `avg()` where its argument is not known.
  private let name: String
  private let argument: String?
  private var numbers = 0
  private var texts = 0
  /// The first text that is no number.
  private var firstText: String?
  /// The first result that is a text and reads as a number.
  private var numberText: String?

  private static let nameLength = 60

  /// A call that has read nothing; nil for an argument that is not known.
  init(_ function: Function, of argument: String?) {
    self.function = function
    self.argument = argument
    let name = "\(function.rawValue)(\(argument ?? ""))"
    let length = Self.nameLength
    self.name = name.count > length ? name.prefix(length) + "…" : name
  }

  /// The call for which a function was made known.
  static func of(_ context: OpaquePointer?) -> AggregateCall? {
    guard let owner = unsafe sqlite3_user_data(context) else { return nil }
    return unsafe Unmanaged<AggregateCall>.fromOpaque(owner).takeUnretainedValue()
  }

  /// Counts a number that is compared with others.
  func readNumber() { numbers += 1 }

  /// Counts a text, or bytes.
  func read(text value: OpaquePointer?) {
    texts += 1
    guard firstText == nil, let text = unsafe TextFunctions.text(value) else { return }
    firstText = unsafe Self.shown(text)
  }

  /// Takes note of a result that is a text.
  func give(text: some Collection<UInt8>) {
    guard numberText == nil, let first = text.first, first == UInt8(ascii: "-") || first &- 48 <= 9,
      KeyNumber(json: Array(text)[...]) != nil
    else { return }
    numberText = Self.shown(text)
  }

  /// The beginning of a text, in quotes.
  static func shown(_ text: some Collection<UInt8>) -> String {
    let string = String(decoding: Array(text.prefix(160)), as: UTF8.self)
    return "'" + string.prefix(40) + (string.count > 40 ? "…'" : "'")
  }

  /// The first text in brackets, as the one or as the first of several.
  private var first: String {
    firstText.map { " (\($0)\(texts == 1 ? "" : " first"))" } ?? ""
  }

  /// A sentence about what was read otherwise than as a number; nil when nothing was.
  var note: String? {
    guard function.isExtreme else {
      guard texts > 0 else { return nil }
      let (what, them) =
        texts == 1
        ? ("1 text that is no number\(first)", "it")
        : ("\(texts) texts that are no numbers\(first), each", "them")
      return "\(name) read \(what) as the number it begins with, else as 0: "
        + "\(function.rawValue)(number(x)) leaves \(them) out"
    }
    if numbers > 0, texts > 0 {
      let (what, them) =
        texts == 1
        ? ("1 text\(first), which is", "it") : ("\(texts) texts\(first), which are", "them")
      return "\(name) compared numbers with \(what) above every number: leave \(them) out with "
        + "WHERE typeof(\(argument ?? "x")) <> 'text'"
    }
    return numberText.map {
      "\(name) is a text that reads as a number, \($0): texts compare letter by letter, '10' below "
        + "'9'; \(function.rawValue)(number(\(argument ?? "x"))) compares numbers"
    }
  }
}

/// The calls of aggregates of a query.
final class AggregateCalls {
  private var calls: [AggregateCall] = []

  /// The most notes of a query.
  private static let noteLimit = 8

  /// Keeps a call, which it returns.
  func add(_ call: AggregateCall) -> AggregateCall {
    calls.append(call)
    return call
  }

  /// Adds the calls of a query whose groups were computed, with the least and greatest texts.
  func add(_ query: AggregateQuery, _ groups: RowBatch) {
    for (index, aggregate) in query.aggregates.enumerated() {
      guard aggregate.function == .least || aggregate.function == .greatest,
        let column = aggregate.column, query.table.columns[column].type == .string,
        let position = groups.columns.position(of: AggregateQuery.aggregateName(index))
      else { continue }
      let call = add(
        AggregateCall(
          aggregate.function == .least ? .min : .max, of: query.table.sqlNames[column]))
      let texts = groups.vectors[position]
      for row in 0..<texts.count where texts.hasValue(row) {
        if let text = texts.values.text(row) { call.give(text: text.words.bytes[text.range]) }
      }
    }
  }

  /// A sentence about each call that read texts, those beyond the limit counted.
  var notes: [String] {
    var seen: Set<DataText> = []
    let notes = calls.compactMap(\.note).filter { seen.insert(DataText($0)).inserted }
    let more = notes.count - Self.noteLimit
    guard more > 0 else { return notes }
    return notes.prefix(Self.noteLimit)
      + ["\(more) more aggregates read texts that are no numbers"]
  }
}
