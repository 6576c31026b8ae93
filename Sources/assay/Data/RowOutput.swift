import Model
import Query

/// A list on standard output: a table for people, or an object per line for machines.
struct RowOutput {
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

  /// Adds a row of a list that is only for people.
  mutating func row(_ cells: [QueryValue]) throws(StoreError) {
    try printer.row(cells)
  }

  /// Writes the rows that are still buffered.
  mutating func finish() throws(StoreError) {
    if !isJSON { try printer.finish() }
  }
}
