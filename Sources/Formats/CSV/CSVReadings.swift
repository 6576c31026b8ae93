import Model

/// Cells of one column that were read as something else than their bare text.
struct CSVReadings {
  /// The meaning that a cell was read with.
  enum Meaning: CaseIterable {
    case bool, null, number, integer
  }

  /// The most spellings of a meaning that are listed one by one.
  private static let spellingLimit = 4

  /// The cells of each meaning: their number, and their spellings as far as they differ.
  private var counts = [Int](repeating: 0, count: Meaning.allCases.count)
  private var spellings = [[[UInt8]]](repeating: [], count: Meaning.allCases.count)
  /// Cells of nothing, with quotes or without.
  private(set) var emptyCount = 0
  /// The first cell of a `json` column that is no JSON.
  var firstTextLine: UInt32?
  /// The first number with more digits than its float has.
  var firstRoundedLine: UInt32?

  /// Takes note of a cell.
  mutating func add(_ text: UnsafeRawBufferPointer, as meaning: Meaning) {
    let index = Self.index(meaning)
    counts[index] += 1
    guard spellings[index].count < Self.spellingLimit else { return }
    for known in spellings[index] where known.count == text.count {
      if unsafe text.elementsEqual(known) { return }
    }
    unsafe spellings[index].append(Array(text))
  }

  /// Takes note of cells of nothing.
  mutating func addEmpty(_ count: Int = 1) { emptyCount += count }

  /// Drops the note of empty cells.
  mutating func forgetEmpty() { emptyCount = 0 }

  /// Adds the readings of another pass or part.
  mutating func add(_ other: CSVReadings) {
    for index in counts.indices {
      counts[index] += other.counts[index]
      for word in other.spellings[index]
      where spellings[index].count < Self.spellingLimit && !spellings[index].contains(word) {
        spellings[index].append(word)
      }
    }
    emptyCount += other.emptyCount
    firstTextLine = firstTextLine ?? other.firstTextLine
    firstRoundedLine = firstRoundedLine ?? other.firstRoundedLine
  }

  /// Phrases that lack the column's name: `'True'/'False' as bool`.
  var phrases: [String] {
    var phrases: [String] = []
    for meaning in Meaning.allCases {
      let index = Self.index(meaning)
      // The order of the cells would make other phrases of the same words.
      let words = spellings[index].map { ReadRemarks.quoted($0) }.sorted().reversed()
      if words.isEmpty { continue }
      let all = words.joined(separator: "/")
      let count = counts[index]
      switch meaning {
      case .bool: phrases.append("\(all) as bool")
      case .null: phrases.append("\(all) as null (\(Self.cells(count)))")
      case .number: phrases.append("\(all) as a number")
      case .integer: phrases.append("\(Self.cells(count)) like \(words.first ?? "") as integers")
      }
    }
    if emptyCount > 0 {
      phrases.append("\(emptyCount) empty \(emptyCount == 1 ? "cell" : "cells") as null")
    }
    if let firstTextLine {
      phrases.append("cells that are not JSON as texts (the first on line \(firstTextLine))")
    }
    if let firstRoundedLine {
      phrases.append(ReadRemarks.rounded(first: "on line \(firstRoundedLine)"))
    }
    return phrases
  }

  private static func cells(_ count: Int) -> String { "\(count) \(count == 1 ? "cell" : "cells")" }

  private static func index(_ meaning: Meaning) -> Int {
    switch meaning {
    case .bool: 0
    case .null: 1
    case .number: 2
    case .integer: 3
    }
  }
}

/// The readings of a whole file's cells, as phrases with the names of its columns.
struct CSVReadingPhrases {
  /// The most phrases, and the most names of one.
  private static let phraseLimit = 12
  private static let nameLimit = 5

  private var phrases: [(text: String, columns: [String])] = []

  /// Adds what is to say about a column; the same said of several makes one phrase.
  mutating func add(_ readings: CSVReadings, of column: String) {
    for text in readings.phrases {
      if let index = phrases.firstIndex(where: { $0.text.hasBytes(of: text) }) {
        phrases[index].columns.append(column)
      } else {
        phrases.append((text, [column]))
      }
    }
  }

  /// The phrases, with what is beyond the limit counted.
  var texts: [String] {
    var texts = phrases.prefix(Self.phraseLimit).map { phrase in
      let more = phrase.columns.count - Self.nameLimit
      let names = phrase.columns.prefix(Self.nameLimit).joined(separator: ", ")
      return "\(phrase.text) in \(names)" + (more > 0 ? " and \(more) more columns" : "")
    }
    let more = phrases.count - Self.phraseLimit
    if more > 0 { texts.append("and \(more) more") }
    return texts
  }
}
