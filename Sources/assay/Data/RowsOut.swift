import Model
import Query

/// A list on its way out: a table for people, or an object a line for machines.
struct RowsOut {
  private let output: Output
  private let isJSON: Bool
  private var printer: ResultPrinter

  /// A list with these column titles.
  init(_ titles: [String], _ output: Output, isJSON: Bool = false) throws(StoreError) {
    self.output = output
    self.isJSON = isJSON
    printer = ResultPrinter(.table) { bytes throws(StoreError) in try output.write(bytes) }
    if !isJSON { try printer.begin(titles) }
  }

  /// Adds a row: `cells` for people, `document` for machines.
  mutating func row(
    _ cells: [QueryValue], _ document: @autoclosure () -> some Encodable
  ) throws(StoreError) {
    if isJSON {
      try output.json(document())
    } else {
      try printer.row(cells)
    }
  }

  /// Adds a row of a list that is for people alone.
  mutating func row(_ cells: [QueryValue]) throws(StoreError) {
    try printer.row(cells)
  }

  /// Writes what is held back.
  mutating func finish() throws(StoreError) {
    if !isJSON { try printer.finish() }
  }
}
