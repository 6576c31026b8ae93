import Model

/// A report in parts: sentences first, then tables; laid out as plain text or as Markdown.
package struct ReportPage: Sendable {
  /// A title, with sentences, a table, or both.
  package struct Section: Sendable {
    package let title: String
    package var lines: [String] = []
    package var columns: [String] = []
    package var rows: [[String]] = []
    /// True when Markdown shows it unfolded.
    package var isOpen = false

    /// A section called `title`.
    package init(_ title: String) { self.title = title }
  }

  package let title: String
  /// The summary at the top.
  package var lead: [String] = []
  package var sections: [Section] = []

  /// A page called `title`.
  package init(_ title: String) { self.title = title }

  /// For a terminal.
  package var text: String {
    var text = TerminalText.line(title) + "\n\n"
    for line in lead { text += TerminalText.line(line) + "\n" }
    for section in sections {
      text += "\n" + TerminalText.line(section.title) + "\n"
      for line in section.lines { text += "  " + TerminalText.line(line) + "\n" }
      text += Self.table([section.columns] + section.rows)
    }
    return text
  }

  /// For a pull request.
  package var markdown: String {
    var text = "### " + Escaping.markdown(title) + "\n\n"
    for line in lead { text += "- " + Escaping.markdown(line) + "\n" }
    for section in sections {
      text += section.isOpen ? "\n<details open>" : "\n<details>"
      text += "<summary>" + Escaping.markup(section.title) + "</summary>\n\n"
      for line in section.lines { text += "- " + Escaping.markdown(line) + "\n" }
      if !section.rows.isEmpty {
        if !section.lines.isEmpty { text += "\n" }
        text += Self.markdownRow(section.columns)
        text += "|" + String(repeating: " --- |", count: section.columns.count) + "\n"
        for row in section.rows { text += Self.markdownRow(row) }
      }
      text += "\n</details>\n"
    }
    return text
  }

  private static func markdownRow(_ cells: [String]) -> String {
    "| " + cells.map(Escaping.markdown).joined(separator: " | ") + " |\n"
  }

  /// Columns of equal width, two spaces apart.
  private static func table(_ rows: [[String]]) -> String {
    guard let head = rows.first, !head.isEmpty, rows.count > 1 else { return "" }
    let cells = rows.map { $0.map(TerminalText.line) }
    let widths = head.indices.map { column in
      cells.map { column < $0.count ? TerminalText.width($0[column]) : 0 }.max() ?? 0
    }
    return cells.map { row in
      var line = "  "
      for (column, cell) in row.enumerated() {
        line += TerminalText.padded(cell, to: widths[column] + 2)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
