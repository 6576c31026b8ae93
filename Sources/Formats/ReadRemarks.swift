package import Columns
package import Model

/// The readings of a file where it could have meant something else.
package struct ReadRemarks: Sendable {
  /// A column of a dataset that a file did not continue, and the first cell that shows why.
  package struct Misfit: Sendable {
    package let column: String
    package let expected: ColumnType
    /// The type that holds both.
    package let wider: ColumnType
    /// The cell's line, from 1, and its text, shortened.
    package let line: Int
    package let text: String
    /// True when the file has rows and no lines.
    package var isRow = false

    /// A cell that is not of the type `expected`.
    package init(
      column: String, expected: ColumnType, wider: ColumnType, line: Int, text: String
    ) {
      self.column = column
      self.expected = expected
      self.wider = wider
      self.line = line
      self.text = text
    }

    /// The error for a cell of a key column whose type has to stay.
    var refusal: StoreError {
      let option = "--types " + NameList.text(["\(column)=string"])
      var location = StoreError.Location(line: line)
      location.isRow = isRow
      return StoreError(
        .invalid,
        "\(text) is not of the type \(expected.rawValue), which the key column '\(column)' has: correct the "
          + "cell, or push all rows with \(option), under which every key is another one",
        at: location)
    }
  }

  /// A column that is text for the dataset's sake though no cell of the file is one.
  package struct Hidden: Sendable {
    package let column: String
    /// The type that its cells have.
    package let type: ColumnType
    /// True when they join texts that are there.
    let isJoined: Bool
  }

  /// A number that is not the one in the file.
  struct Rounded: Sendable {
    let column: String
    /// Its line, from 1.
    let line: Int
  }

  /// The first number of each column that has more digits than its double.
  var rounded: [Rounded] = []
  /// In the order of a column's rows.
  package var misfits: [Misfit] = []
  package var hidden: [Hidden] = []
  /// Phrases as `'True' as bool in success`.
  package var readings: [String] = []
  /// Sentences about columns that are text for the sake of a few cells.
  package var doubts: [String] = []

  /// Nothing to say.
  package init() {}

  /// Takes a cell for the first of its column that did not fit: what came before it has no part in
  /// what the column became.
  package mutating func begin(with misfit: Misfit) {
    let isEarlier = { (other: Misfit) in
      other.column.hasBytes(of: misfit.column) && other.line <= misfit.line
    }
    guard let place = misfits.firstIndex(where: isEarlier) else { return }
    misfits[place] = misfit
    let rest = misfits[(place + 1)...].filter { !isEarlier($0) }
    misfits.replaceSubrange((place + 1)..., with: rest)
  }

  /// Throws unless the numbers of the key's columns are those of the file: rounded, one could be
  /// the key of another row.
  /// - Throws: ``StoreError`` of kind `invalid`.
  package func requireExactKeys(_ key: [String]) throws(StoreError) {
    guard let first = rounded.first(where: { key.hasText($0.column) }) else { return }
    throw StoreError(
      .invalid,
      "the number in the key column '\(first.column)' has more digits than float64 holds, and "
        + "rounded it could be the key of another row: correct it, or quote it",
      at: StoreError.Location(line: first.line))
  }

  /// A sentence about each thing.
  /// - Parameter type: The type that a column has now; nil when no column has the name.
  package func notes(_ type: (String) -> ColumnType?) -> [String] {
    var notes: [String] = []
    if !readings.isEmpty { notes.append("read as: " + readings.joined(separator: "; ")) }
    var reported: Set<DataText> = []
    for first in misfits where reported.insert(DataText(first.column)).inserted {
      guard let type = type(first.column), type != first.expected else { continue }
      // What is of a type between is not why the column is of this one.
      let reason =
        misfits.first { $0.column.hasBytes(of: first.column) && $0.wider == type } ?? first
      notes.append(
        "column '\(reason.column)' was \(reason.expected.rawValue) and is \(type.rawValue) now: "
          + "\(reason.isRow ? "row" : "line") \(reason.line) has \(reason.text)"
          + Self.advice(reason, type))
    }
    return notes + doubts + hiddenNotes
  }

  /// The advice where truth values stand beside the numbers that other rows say them with.
  private static func advice(_ misfit: Misfit, _ type: ColumnType) -> String {
    guard type == .string || type == .json else { return "" }
    let word = misfit.text.lowercased().filter { $0 != "'" }
    let isTruth: Bool =
      switch misfit.expected {
      case .bool: word == "0" || word == "1"
      case .int64, .float64: word == "true" || word == "false"
      default: false
      }
    if !isTruth { return "" }
    let types = NameList.text(["\(misfit.column)=bool"])
    return "; where 0 and 1 are false and true, '--types \(types)' makes all of them so"
  }

  private var hiddenNotes: [String] {
    [false, true].compactMap { isJoined in note(hidden.filter { $0.isJoined == isJoined }) }
  }

  private func note(_ hidden: [Hidden]) -> String? {
    guard let first = hidden.first else { return nil }
    let types = NameList.text(hidden.map { "\($0.column)=\($0.type.rawValue)" })
    let isTruth = hidden.allSatisfy { $0.type == .bool }
    let isNumber = hidden.allSatisfy { $0.type != .bool }
    let what = isTruth ? "true or false" : isNumber ? "a number" : "true, false or a number"
    return Self.columns(hidden.map(\.column), "is", "are")
      + " text in the dataset, and every cell of this file is \(what): '--types \(types)' "
      + (first.isJoined ? "makes them so, with the rows that are there" : "keeps them so")
  }

  /// A note with the lines of another file in the place of rows.
  ///
  /// For a table that was made of that file, row by row. Only the places that ``notes(_:)`` and the
  /// readings name are changed, and no cell that is shown behind them.
  /// - Parameter line: The line of a row, both from 1; nil where there is none.
  package static func located(_ note: String, line: (Int) -> Int?) -> String {
    if note.hasPrefix("column '") {
      return moved(note, from: " now: row ", to: " now: line ", line)
    }
    guard note.hasPrefix("read as: ") else { return note }
    return note.split(separator: ";", omittingEmptySubsequences: false).map {
      moved(String($0), from: ", the first in row ", to: ", the first on line ", line)
    }.joined(separator: ";")
  }

  /// A note about rows that came one by one, in no file that had lines.
  package static func ofRows(_ note: String) -> String {
    guard note.hasPrefix("column '") else { return note }
    return moved(note, from: " now: line ", to: " now: row ") { $0 }
  }

  /// A note with another place behind the first of some words.
  private static func moved(
    _ note: String, from words: String, to others: String, _ place: (Int) -> Int?
  ) -> String {
    guard let found = note.firstRange(of: words) else { return note }
    let digits = note[found.upperBound...].prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), let number = place(number) else { return note }
    return note[..<found.lowerBound] + others + String(number) + note[digits.endIndex...]
  }

  /// The names of columns, with the verb that goes with one or with several.
  static func columns(_ names: [String], _ verb: String, _ verbs: String) -> String {
    let quoted = names.map { "'\($0)'" }.joined(separator: ", ")
    return names.count == 1 ? "column \(quoted) \(verb)" : "columns \(quoted) \(verbs)"
  }

  /// A phrase that lacks the column's name, about numbers that have more digits than a float.
  static func rounded(first place: String) -> String {
    "numbers of more digits than float64 has, rounded (the first \(place))"
  }

  /// A cell in a message: in quotes unless it is a number or JSON.
  package static func quoted(_ vector: ColumnVector, _ row: Int) -> String {
    let vector = vector.type.vectorForm == nil ? vector : vector.slice(row..<row + 1).spelledVectors
    let row = vector.count == 1 ? 0 : row
    guard let text = vector.values.text(row) else { return vector.display(row) }
    let quoted = quoted(text.words.bytes[text.range])
    // JSON has quotes of its own where it is text.
    return vector.type == .json ? String(quoted.dropFirst().dropLast()) : quoted
  }

  /// A cell's text in quotes, at most 40 characters of it.
  static func quoted(_ text: some Sequence<UInt8>) -> String {
    let string = String(decoding: Array(text.prefix(200)), as: UTF8.self)
    return "'" + string.prefix(40) + (string.count > 40 ? "…'" : "'")
  }
}
