import Model

/// Rows as columns of equal width, for a terminal or as a table of Markdown.
///
/// Widths come from the first rows, so memory does not grow with the result; where a later cell is
/// wider, a plain table cuts it and a Markdown one loses its alignment there.
struct TextTable {
  private let columns: [String]
  private let isMarkdown: Bool
  /// Rows that wait until widths are known.
  private var waiting: [[(text: String, isNumber: Bool)]] = []
  private var widths: [Int] = []
  private var isRight: [Bool] = []

  private var waitingBytes = 0

  private static let sampleRows = 1000
  /// Cells of a Markdown table may be long.
  private static let sampleBytes = 4 << 20
  /// The widest cell of a plain table, in columns of the terminal.
  private static let cellLimit = 60
  /// The widest column of a Markdown table: cells beyond stand out of it, and pad no others.
  private static let markdownLimit = 500
  /// A text of so many bytes is wider than any column.
  private static let wideBytes = 1 << 14

  init(_ columns: [String], isMarkdown: Bool) {
    self.columns = columns
    self.isMarkdown = isMarkdown
  }

  /// - Parameter check: Asked while a large value is written; throws to give it up.
  mutating func append(
    _ values: [QueryValue], to out: inout [UInt8], check: () throws(StoreError) -> Void
  ) throws(StoreError) {
    var cells: [(text: String, isNumber: Bool)] = []
    for value in values { cells.append((try text(value, check), value.isNumber)) }
    if widths.isEmpty {
      waiting.append(cells)
      for cell in cells { waitingBytes += cell.text.utf8.count }
      if waiting.count == Self.sampleRows || waitingBytes > Self.sampleBytes { begin(&out) }
    } else {
      appendLine(cells.map(\.text), to: &out)
    }
  }

  mutating func finish(_ out: inout [UInt8]) {
    if widths.isEmpty { begin(&out) }
  }

  /// One line per cell, safe for what it is printed to.
  private func text(
    _ value: QueryValue, _ check: () throws(StoreError) -> Void
  ) throws(StoreError) -> String {
    if isMarkdown {
      var text = ""
      try value.pieces(check: check) { text += Escaping.markdown($0) }
      return text
    }
    if case .blob(let bytes) = value { return Hex.encode(bytes.prefix(Self.cellLimit)) }
    return TerminalText.line(String(value.plainText.prefix(Self.cellLimit + 1)))
  }

  /// The columns of the terminal that a cell takes, as far as they matter.
  private func width(_ text: String) -> Int {
    let limit = isMarkdown ? Self.markdownLimit : Self.cellLimit
    return text.utf8.count > Self.wideBytes ? limit : min(TerminalText.width(text), limit)
  }

  private mutating func begin(_ out: inout [UInt8]) {
    let names = columns.map {
      isMarkdown ? Escaping.markdown($0) : TerminalText.line(String($0.prefix(Self.cellLimit + 1)))
    }
    widths = names.map { max(width($0), isMarkdown ? 3 : 1) }
    isRight = columns.map { _ in !waiting.isEmpty }
    var hasNumber = columns.map { _ in false }
    for row in waiting {
      for (index, cell) in row.enumerated() {
        widths[index] = max(widths[index], width(cell.text))
        if cell.isNumber {
          hasNumber[index] = true
        } else if !cell.text.isEmpty {
          isRight[index] = false
        }
      }
    }
    isRight = zip(isRight, hasNumber).map { $0 && $1 }
    if !columns.isEmpty { appendHead(names, to: &out) }
    for row in waiting { appendLine(row.map(\.text), to: &out) }
    waiting = []
  }

  private func appendHead(_ names: [String], to out: inout [UInt8]) {
    appendLine(names, to: &out)
    let rules = zip(widths, isRight).map { width, isRight in
      isMarkdown
        ? String(repeating: "-", count: isRight ? width - 1 : width) + (isRight ? ":" : "")
        : String(repeating: "─", count: width)
    }
    appendLine(rules, to: &out)
  }

  private func appendLine(_ cells: [String], to out: inout [UInt8]) {
    var line = isMarkdown ? "| " : ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += isMarkdown ? " | " : "  " }
      guard cell.utf8.count <= Self.wideBytes else {
        line += cell
        continue
      }
      let shown = isMarkdown ? cell : TerminalText.cut(cell, to: widths[index])
      line += TerminalText.padded(shown, to: widths[index], isRight: isRight[index])
    }
    if isMarkdown {
      line += " |"
    } else {
      while line.last == " " { line.removeLast() }
    }
    out.append(contentsOf: line.utf8)
    out.append(UInt8(ascii: "\n"))
  }
}
