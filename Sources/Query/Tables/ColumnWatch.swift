import Model

/// A watch over the values of a column that SQLite is given: texts where a statement takes them for
/// numbers, and integers that SQL has no number for.
///
/// Used by the thread that runs the query.
final class ColumnWatch {
  private let column: String
  /// The uses of the column in the statement; empty when texts do not matter.
  var uses: Set<TextUses.Use> = []
  /// All texts, those that are numbers, and those that are none.
  private var texts = Tally()
  private var numbers = Tally()
  private var others = Tally()
  /// Integers beyond 64 bits.
  private var wide = Tally()
  /// The row that was counted last: SQLite may ask for one several times.
  private var lastRow = -1
  private var lastBytes: UInt = 0

  private struct Tally {
    var count = 0
    var first: String?

    mutating func add(_ text: UnsafeBufferPointer<UInt8>) {
      count += 1
      guard first == nil else { return }
      first = AggregateCall.shown(unsafe Array(text.prefix(160)))
    }
  }

  /// A watch that has seen nothing.
  init(_ column: String) { self.column = column }

  /// Takes note of a text of `row`, whose group's texts begin at `bytes`.
  func read(_ text: UnsafeBufferPointer<UInt8>, row: Int, bytes: UInt) {
    guard !uses.isEmpty, isNew(row, bytes) else { return }
    unsafe texts.add(text)
    if unsafe NumberText.isNumber(text) {
      unsafe numbers.add(text)
    } else {
      unsafe others.add(text)
    }
  }

  /// Takes note of a number that SQLite reads as a double.
  func read(number text: UnsafeBufferPointer<UInt8>, row: Int, bytes: UInt) {
    guard text.count > 18, isNew(row, bytes) else { return }
    guard unsafe text.dropFirst().allSatisfy({ $0 &- 48 <= 9 }) else { return }
    unsafe wide.add(text)
  }

  private func isNew(_ row: Int, _ bytes: UInt) -> Bool {
    defer { (lastRow, lastBytes) = (row, bytes) }
    return row != lastRow || bytes != lastBytes
  }

  /// A sentence about each thing that was found.
  var notes: [String] {
    var notes: [String] = []
    for use in TextUses.Use.allCases where uses.contains(use) {
      let tally =
        switch use {
        case .letters, .order: texts
        case .equality: numbers
        case .orderAsNumbers, .reading: others
        }
      guard tally.count > 0 else { continue }
      notes.append("column '\(column)' " + use.phrase(tally.count, first: tally.first ?? "''"))
    }
    if wide.count > 0 {
      let what = wide.count == 1 ? "1 integer" : "\(wide.count) integers"
      notes.append(
        "column '\(column)' has \(what) beyond 64 bits (\(wide.first?.unquoted ?? "")), which SQL "
          + "reads as the nearest double: several may be one number there; pull keeps them")
    }
    return notes
  }
}

extension String {
  /// The text without the quotes around it.
  fileprivate var unquoted: String { String(drop { $0 == "'" }.prefix { $0 != "'" }) }
}
