import Model
package import Wire

/// A task as a terminal shows it: what is common above, then the two outputs side by side, or one
/// below the other where the terminal is narrow.
package enum RatingTaskText {
  /// Outputs narrower than this are harder to read than one below the other.
  private static let columnLimit = 36
  private static let gutter = " │ "

  /// The lines of a task in a terminal of `width` columns.
  package static func lines(_ task: RatingTask, width: Int) -> [String] {
    var lines: [String] = []
    for cell in task.shared { lines += block(cell, title: nil, width) + [""] }
    guard let right = task.right else {
      return lines + task.left.flatMap { block($0, title: nil, width) + [""] }
    }
    let half = (width - gutter.count) / 2
    guard half >= columnLimit else {
      return lines + task.left.flatMap { block($0, title: "LEFT", width) + [""] }
        + right.flatMap { block($0, title: "RIGHT", width) + [""] }
    }
    for (one, two) in zip(task.left, right) {
      let left = block(one, title: "LEFT", half)
      let other = block(two, title: "RIGHT", half)
      for index in 0..<max(left.count, other.count) {
        let text = index < left.count ? left[index] : ""
        let padding = String(repeating: " ", count: max(0, half - TerminalText.width(text)))
        let line = text + padding + gutter + (index < other.count ? other[index] : "")
        lines.append(line)
      }
      lines.append("")
    }
    return lines
  }

  private static func block(_ cell: RatingTask.Cell, title: String?, _ width: Int) -> [String] {
    let name = TerminalText.line(cell.column)
    let head = title.map { "── \($0) · \(name) " } ?? "── \(name) "
    let rule = String(repeating: "─", count: max(0, width - TerminalText.width(head)))
    return [head + rule] + TerminalText.wrap(cell.text, to: width)
  }
}
