import Query

/// A list on its way out: a table for people, or an object a line for machines.
struct RowsOut {
  private let output: Output
  private let isJSON: Bool
  private var printer: ResultPrinter

  /// A list with these column titles.
  init(_ titles: [String], _ output: Output, isJSON: Bool) throws {
    self.output = output
    self.isJSON = isJSON
    printer = ResultPrinter(.table) { bytes in try output.write(bytes) }
    if !isJSON { try printer.begin(titles) }
  }

  /// Adds a row: `cells` for people, `json` for machines.
  mutating func row(_ cells: [QueryValue], json: @autoclosure () -> JSONValue) throws {
    if isJSON {
      try output.json(json())
    } else {
      try printer.row(cells)
    }
  }

  /// Writes what is held back.
  mutating func finish() throws {
    if !isJSON { try printer.finish() }
  }
}
