import Model

/// The part of a CSV file that is in memory: whole rows, cut into cells.
///
/// A chunk at a time, so that the second look at a cell finds it in the cache; more only while one
/// row is longer.
struct CSVWindow {
  private let source: any ByteSource
  private let chunkBytes: Int
  private(set) var bytes: [UInt8] = []
  private(set) var tokenizer = CSVTokenizer()
  /// The byte between cells; it counts from the next ``rewind()`` on.
  var separator = CSVTokenizer.comma
  /// The size of a line before the header; likewise.
  var lineBeforeHeader = 0
  /// The end of the rows handed out.
  private var consumed = 0
  private var isAtEnd = false
  private var isAtStart = true

  /// A window on nothing yet, which will take about `chunkBytes` at a time.
  init(source: any ByteSource, chunkBytes: Int) {
    self.source = source
    self.chunkBytes = chunkBytes
  }

  /// The number of current rows.
  var rowCount: Int { tokenizer.lines.count }
  /// The size of those rows in bytes.
  var rowBytes: Int { consumed }

  /// Goes on to the next rows; false after the last.
  mutating func advance(rowCount: Int = .max) throws(StoreError) -> Bool {
    bytes.removeSubrange(0..<consumed)
    consumed = 0
    // A byte order mark takes three.
    var wanted = max(chunkBytes, 3, lineBeforeHeader)
    while true {
      try fill(to: wanted)
      if isAtStart { skipBeginning() }
      do throws(CSVFault) {
        consumed = try unsafe bytes.withUnsafeBufferPointer { buffer throws(CSVFault) in
          try unsafe tokenizer.scan(
            UnsafeRawBufferPointer(buffer), from: consumed, isLast: isAtEnd, rowCount: rowCount)
        }
        if self.rowCount > 0 {
          try checkText()
          return true
        }
        if !isAtEnd, bytes.count - consumed > CSVTokenizer.rowLimit {
          throw tokenizer.rowTooLong(from: consumed)
        }
      } catch {
        throw located(error)
      }
      guard !isAtEnd else { return false }
      wanted = min(bytes.count * 2, consumed + CSVTokenizer.rowLimit + chunkBytes)
    }
  }

  /// Reads the header and returns its cells' texts.
  mutating func header() throws(StoreError) -> [String] {
    guard try advance(rowCount: 1) else {
      throw StoreError(
        .invalid, "the input is empty: a CSV file begins with a line that names its columns",
        at: .init(file: source.name, line: 1, column: 1))
    }
    var names: [String] = []
    var seen: Set<DataText> = []
    for (index, cell) in tokenizer.cells.enumerated() {
      let name = text(of: cell)
      guard !name.isEmpty else {
        throw error(
          "column \(index + 1) has no name: give each column one in the first line, or leave the "
            + "numbers of rows out (pandas: index=False, R: row.names=FALSE)", row: 0,
          column: index)
      }
      guard seen.insert(DataText(name)).inserted else {
        throw error(
          "two columns are named '\(name)': give each column a name of its own", row: 0,
          column: index)
      }
      names.append(name)
    }
    tokenizer.columnCount = names.count
    return names
  }

  /// Goes back to the first byte, before the header.
  mutating func rewind() throws(StoreError) {
    try source.rewind()
    bytes.removeAll(keepingCapacity: true)
    tokenizer = CSVTokenizer(separator: separator, firstLine: lineBeforeHeader > 0 ? 2 : 1)
    consumed = 0
    isAtEnd = false
    isAtStart = true
  }

  /// The first bytes of the file, as many as `limit`, and whether they are all.
  /// - Throws: ``StoreError`` of kind `invalid` for text of 16 bits a character.
  mutating func beginning(_ limit: Int) throws(StoreError) -> (bytes: [UInt8], isWhole: Bool) {
    try source.rewind()
    var bytes: [UInt8] = []
    var isWhole = false
    while !isWhole, bytes.count < limit {
      isWhole = try source.read(limit - bytes.count, appendingTo: &bytes) == 0
    }
    try rewind()
    let isWide =
      bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      || bytes.count > 1 && (bytes[0] == 0) != (bytes[1] == 0)
    guard !isWide else {
      throw StoreError(
        .invalid, "this is UTF-16 text and not UTF-8: save the file as UTF-8",
        at: .init(file: source.name, line: 1, column: 1))
    }
    return (bytes, isWhole)
  }

  /// An error at a cell of the current rows.
  func error(_ message: String, row: Int, column: Int) -> StoreError {
    let rowStart = tokenizer.cells[row * tokenizer.columnCount].outerStart
    return located(
      CSVFault(
        kind: .invalid, message: message,
        offset: tokenizer.cells[row * tokenizer.columnCount + column].outerStart,
        rowStart: rowStart, line: Int(tokenizer.lines[row])))
  }

  private func text(of cell: CSVCell) -> String {
    guard cell.hasEscapes else {
      return String(decoding: bytes[cell.start..<cell.start + cell.count], as: UTF8.self)
    }
    var text: [UInt8] = []
    unsafe bytes.withUnsafeBytes { unsafe CSVCell.unescape(cell.text(in: $0), to: &text) }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func fill(to wanted: Int) throws(StoreError) {
    bytes.reserveCapacity(wanted)
    while !isAtEnd, bytes.count < wanted {
      isAtEnd = try source.read(wanted - bytes.count, appendingTo: &bytes) == 0
    }
  }

  private mutating func skipBeginning() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { consumed = 3 }
    if lineBeforeHeader > 0 { consumed = min(lineBeforeHeader, bytes.count) }
    isAtStart = false
  }

  /// Checks that the current rows are UTF-8.
  ///
  /// Separators are ASCII, so whole rows hold whole characters.
  private func checkText() throws(CSVFault) {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.span.extracting(0..<consumed))
    } catch {
      let offset = error.byteOffsets.lowerBound
      let width = max(1, tokenizer.cells.count / max(1, rowCount))
      var row = 0
      while row + 1 < rowCount, tokenizer.cells[(row + 1) * width].outerStart <= offset { row += 1 }
      throw CSVFault(
        kind: .invalid, message: "this is not UTF-8 text: save the file as UTF-8", offset: offset,
        rowStart: tokenizer.cells[row * width].outerStart, line: Int(tokenizer.lines[row]))
    }
  }

  /// Counts lines from the row's start to the fault, and bytes from the line's start.
  private func located(_ fault: CSVFault) -> StoreError {
    var line = fault.line
    var lineStart = fault.rowStart
    for offset in fault.rowStart..<max(fault.rowStart, min(fault.offset, bytes.count))
    where bytes[offset] == UInt8(ascii: "\n") {
      line += 1
      lineStart = offset + 1
    }
    return StoreError(
      fault.kind, fault.message,
      at: .init(file: source.name, line: line, column: fault.offset - lineStart + 1))
  }
}
