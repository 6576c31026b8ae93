import Model

/// The position of one cell in the bytes it was found in.
struct CSVCell {
  private let bits: UInt64

  /// A cell of `count` bytes from `start`, between its quotes when it has them.
  init(start: Int, count: Int, isQuoted: Bool = false, hasEscapes: Bool = false) {
    bits =
      UInt64(truncatingIfNeeded: start) | UInt64(truncatingIfNeeded: count) << 32
      | (isQuoted ? 1 << 62 : 0) | (hasEscapes ? 1 << 63 : 0)
  }

  /// The first byte.
  var start: Int { Int(bits & 0xFFFF_FFFF) }
  /// The number of bytes.
  var count: Int { Int(bits >> 32 & 0x3FFF_FFFF) }
  /// True when quotes stand around it, so that no bytes are an empty text and not null.
  var isQuoted: Bool { bits >> 62 & 1 != 0 }
  /// True when a doubled quote stands for one.
  var hasEscapes: Bool { bits >> 63 != 0 }
  /// True when there is no value.
  var isNull: Bool { bits >> 32 == 0 }
  /// The first byte, or the quote before it.
  var outerStart: Int { isQuoted ? start - 1 : start }
}

/// An error in a file, with its offset in the current bytes.
struct CSVFault: Error {
  let kind: StoreError.Kind
  let message: String
  let offset: Int
  /// The start of the row, and its line.
  let rowStart: Int
  let line: Int
}

/// Cuts bytes into rows and cells by RFC 4180, eight bytes at a time.
///
/// Stricter than most readers: a row with more or fewer cells than the header, text behind a
/// closing quote, and a carriage return that ends no line are refused, for each is a sign of
/// damage. A quote inside an unquoted cell is a character like others. A line of nothing is a null
/// when there is one column and is passed over when there are more.
struct CSVTokenizer {
  /// The most bytes of one row.
  static let rowLimit = 64 << 20

  /// The number of cells that each row must have; 0 until the header is read.
  var columnCount = 0
  /// The byte between cells.
  let separator: UInt8
  /// The cells of the rows found, row by row.
  private(set) var cells: [CSVCell] = []
  /// The line each row began on.
  private(set) var lines: [UInt32] = []
  /// The line of the next row.
  private(set) var nextLine: Int

  static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// A tokenizer of cells with `separator` between them, the first of which stand on `firstLine`.
  init(separator: UInt8 = Self.comma, firstLine: Int = 1) {
    self.separator = separator
    nextLine = firstLine
  }

  /// Finds at most `rowCount` whole rows from `start` and returns where they end.
  ///
  /// `isLast` says that no bytes come after these, so that a row may end without a line's end.
  mutating func scan(
    _ bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool, rowCount: Int = .max
  ) throws(CSVFault) -> Int {
    cells.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    var offset = start
    while offset < bytes.count, lines.count < rowCount {
      if columnCount > 1, let next = unsafe Self.blankLineEnd(bytes, offset) {
        nextLine += 1
        offset = next
        continue
      }
      let firstCell = cells.count
      guard let next = try unsafe row(bytes, from: offset, isLast: isLast) else {
        cells.removeLast(cells.count - firstCell)
        break
      }
      offset = next
    }
    return offset
  }

  /// Finds one row and returns where it ends; nil when it is cut off.
  private mutating func row(
    _ bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool
  ) throws(CSVFault) -> Int? {
    let limit = columnCount == 0 ? Schema.columnLimit : columnCount
    var found = 0
    var firstExtra = start
    var newlines = 0
    var offset = start
    while true {
      let cellStart = offset
      let cell: CSVCell
      if offset < bytes.count, unsafe bytes[offset] == Self.quote {
        var escapes = 0
        let end = unsafe Self.closingQuote(bytes, offset + 1, &newlines, &escapes)
        guard end < bytes.count else {
          guard isLast else { return nil }
          throw fault(
            "the quote that opens here is never closed: add the closing '\"'", offset, start)
        }
        // The last quote of these bytes may be the first half of an escaped one.
        guard end + 1 < bytes.count || isLast else { return nil }
        cell = CSVCell(
          start: offset + 1, count: end - offset - 1, isQuoted: true, hasEscapes: escapes > 0)
        offset = end + 1
      } else {
        offset = unsafe Self.plainEnd(bytes, offset, separator)
        cell = CSVCell(start: cellStart, count: offset - cellStart)
      }
      found += 1
      if found <= limit { cells.append(cell) } else if found == limit + 1 { firstExtra = cellStart }
      guard offset < bytes.count else {
        guard isLast else { return nil }
        break
      }
      let end = unsafe bytes[offset]
      if end == separator {
        offset += 1
        continue
      }
      if end == Self.lineFeed { break }
      guard try unsafe isLineEnd(bytes, offset, cell, isLast, start) else { return nil }
      offset += 1
      break
    }
    try check(found: found, firstExtra: firstExtra, end: offset, start: start)
    lines.append(UInt32(truncatingIfNeeded: nextLine))
    nextLine += newlines + 1
    return min(offset + 1, bytes.count)
  }

  /// Returns true when CR LF stands at `offset`; false when the line feed may still come.
  private func isLineEnd(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ cell: CSVCell, _ isLast: Bool, _ start: Int
  ) throws(CSVFault) -> Bool {
    guard unsafe bytes[offset] == Self.carriageReturn else {
      throw fault(
        "text follows the closing quote of a cell: double the quotes inside it", offset, start)
    }
    if offset + 1 < bytes.count {
      if unsafe bytes[offset + 1] == Self.lineFeed { return true }
    } else if !isLast {
      return false
    }
    throw fault(
      "a carriage return without a line feed: put the cell in quotes, or end lines with LF or CR LF",
      offset, start)
  }

  private func check(found: Int, firstExtra: Int, end: Int, start: Int) throws(CSVFault) {
    guard end - start <= Self.rowLimit else { throw rowTooLong(from: start) }
    if columnCount == 0 {
      guard found <= Schema.columnLimit else {
        throw CSVFault(
          kind: .invalid,
          message: "the header has \(found) columns, more than the "
            + "\(Schema.columnLimit) a table may have", offset: firstExtra, rowStart: start,
          line: nextLine)
      }
    } else if found != columnCount {
      throw fault(
        "this row has \(found) \(found == 1 ? "cell" : "cells"), the header has \(columnCount): "
          + "give each row as many cells as the header", found > columnCount ? firstExtra : end,
        start)
    }
  }

  /// The fault of a row of more than ``rowLimit`` bytes.
  func rowTooLong(from start: Int) -> CSVFault {
    CSVFault(
      kind: .invalid,
      message: "this row is longer than 64 MiB: look for a quote that is not "
        + "closed", offset: start, rowStart: start, line: nextLine)
  }

  private func fault(_ message: String, _ offset: Int, _ rowStart: Int) -> CSVFault {
    CSVFault(kind: .invalid, message: message, offset: offset, rowStart: rowStart, line: nextLine)
  }
}

extension CSVTokenizer {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Marks the bytes of `word` that are zero.
  ///
  /// The lowest mark is right; one above it may not be.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }

  /// The end of the unquoted cell at `start`: a separator, a CR, an LF or the end of the bytes.
  @inline(__always)
  static func plainEnd(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ separator: UInt8 = comma
  ) -> Int {
    let separators = ones &* UInt64(separator)
    var offset = start
    while offset + 8 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
      let hits =
        zeros(word ^ separators) | zeros(word ^ (ones &* 0x0A)) | zeros(word ^ (ones &* 0x0D))
      if hits & highs != 0 { return offset + (hits & highs).trailingZeroBitCount / 8 }
      offset += 8
    }
    while offset < bytes.count {
      let byte = unsafe bytes[offset]
      if byte == separator || byte == lineFeed || byte == carriageReturn { break }
      offset += 1
    }
    return offset
  }

  /// The position of the quote that closes the cell whose first byte is at `start`; the number of
  /// bytes when there is none.
  private static func closingQuote(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ newlines: inout Int, _ escapes: inout Int
  ) -> Int {
    var offset = start
    while true {
      offset = unsafe nextQuote(bytes, offset, &newlines)
      guard offset + 1 < bytes.count, unsafe bytes[offset + 1] == quote else { return offset }
      escapes += 1
      offset += 2
    }
  }

  /// The position of the next quote, with a count of the line feeds before it.
  @inline(__always)
  private static func nextQuote(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ newlines: inout Int
  ) -> Int {
    var offset = start
    while offset + 8 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
      let quotes = zeros(word ^ (ones &* 0x22)) & highs
      let feeds = word ^ (ones &* 0x0A)
      // Exact in every byte, because these are counted.
      let ends = ~(((feeds & ~highs) &+ ~highs) | feeds) & highs
      if quotes == 0 {
        if ends != 0 { newlines += ends.nonzeroBitCount }
        offset += 8
        continue
      }
      let before = quotes & (0 &- quotes)
      newlines += (ends & (before &- 1)).nonzeroBitCount
      return offset + quotes.trailingZeroBitCount / 8
    }
    while offset < bytes.count {
      let byte = unsafe bytes[offset]
      if byte == quote { break }
      if byte == lineFeed { newlines += 1 }
      offset += 1
    }
    return offset
  }

  /// The end of the blank line at `offset`; nil when the line has content.
  @inline(__always)
  private static func blankLineEnd(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int? {
    if unsafe bytes[offset] == lineFeed { return offset + 1 }
    guard unsafe bytes[offset] == carriageReturn, offset + 1 < bytes.count,
      unsafe bytes[offset + 1] == lineFeed
    else { return nil }
    return offset + 2
  }
}
