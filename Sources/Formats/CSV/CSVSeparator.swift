import Model

/// The byte between the cells of a CSV file, found in its beginning.
enum CSVSeparator {
  /// The bytes at the beginning of a file, and the most of their rows, that are looked at.
  static let sampleBytes = 64 << 10
  private static let sampleRows = 100

  /// The first line of a file in which spreadsheets name the separator: `sep=;`, also in quotes.
  struct Line {
    let separator: UInt8
    /// The size of the row in bytes, with its end.
    let byteCount: Int

    /// The line at the beginning of a file; nil when the file begins with its header.
    init?(_ sample: [UInt8]) {
      guard let end = sample.prefix(16).firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      var text = sample[..<end]
      if text.starts(with: mark) { text = text.dropFirst(mark.count) }
      if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
      let quote = UInt8(ascii: "\"")
      if text.count > 2, text.first == quote, text.last == quote {
        text = text.dropFirst().dropLast()
      }
      guard let separator = text.last, CSVForm.separators.contains(where: { $0.byte == separator }),
        String(decoding: text.dropLast(), as: UTF8.self).lowercased() == "sep="
      else { return nil }
      self.separator = separator
      byteCount = end + 1
    }
  }

  /// The separator by which the header has more cells than one and all rows have as many.
  ///
  /// The comma comes before others. Where none fits, the one that the header has most often, so
  /// that the row that does not fit is named; the comma when rows have no other.
  static func find(in sample: [UInt8], isWhole: Bool) -> UInt8 {
    var best = (separator: CSVTokenizer.comma, count: 1)
    for (_, separator) in CSVForm.separators {
      let counts = cellCounts(sample, separator, isWhole: isWhole)
      guard let header = counts.first, header > 1 else { continue }
      if counts.allSatisfy({ $0 == header }) { return separator }
      // A table of one column may have any of these in its name.
      let isFound = separator == CSVTokenizer.comma || counts.dropFirst().contains { $0 > 1 }
      if isFound, header > best.count { best = (separator, header) }
    }
    return best.separator
  }

  /// The position of the next byte within its row.
  private enum Place { case cellStart, plain, quoted, afterQuote }

  /// The numbers of cells of the rows in the sample, without blank lines.
  private static func cellCounts(
    _ sample: [UInt8], _ separator: UInt8, isWhole: Bool
  ) -> [Int] {
    let quote = UInt8(ascii: "\"")
    var counts: [Int] = []
    var cells = 1
    var place = Place.cellStart
    for byte in sample {
      switch (place, byte) {
      case (.quoted, quote): place = .afterQuote
      case (.quoted, _): break
      // Also the second of two quotes that stand for one.
      case (.cellStart, quote), (.afterQuote, quote): place = .quoted
      case (_, separator):
        cells += 1
        place = .cellStart
      case (_, UInt8(ascii: "\n")):
        if cells > 1 || place != .cellStart { counts.append(cells) }
        if counts.count == sampleRows { return counts }
        (cells, place) = (1, .cellStart)
      case (_, UInt8(ascii: "\r")): break
      default: place = .plain
      }
    }
    let isOpen = cells > 1 || place != .cellStart
    if isWhole, isOpen, place != .quoted { counts.append(cells) }
    return counts
  }
}
