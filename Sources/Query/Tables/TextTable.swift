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

  init(_ columns: [String], isMarkdown: Bool) {
    self.columns = columns
    self.isMarkdown = isMarkdown
  }

  mutating func append(_ values: [QueryValue], to out: inout [UInt8]) {
    let cells = values.map { (text: text($0), isNumber: $0.isNumber) }
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
  private func text(_ value: QueryValue) -> String {
    let text = value.plainText
    if isMarkdown { return Escaping.markdown(text) }
    return TerminalText.line(String(text.prefix(Self.cellLimit + 1)))
  }

  private mutating func begin(_ out: inout [UInt8]) {
    let names = columns.map { text(.text($0)) }
    widths = names.map { max(TerminalText.width($0), isMarkdown ? 3 : 1) }
    isRight = columns.map { _ in !waiting.isEmpty }
    var hasNumber = columns.map { _ in false }
    for row in waiting {
      for (index, cell) in row.enumerated() {
        widths[index] = max(widths[index], TerminalText.width(cell.text))
        if cell.isNumber {
          hasNumber[index] = true
        } else if !cell.text.isEmpty {
          isRight[index] = false
        }
      }
    }
    if !isMarkdown { widths = widths.map { min($0, Self.cellLimit) } }
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
