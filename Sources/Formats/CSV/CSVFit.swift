package import Model

/// A test of texts as values of the type that is named for their column of a CSV file.
package struct CSVFit {
  /// The number of texts after which those read are dropped.
  private static let keptTexts = 1024

  private var column: CSVColumn
  private var count = 0

  /// Texts that may be of `type`.
  package init(_ type: ColumnType) { column = CSVColumn(type: type, form: CSVCellForm(CSVForm())) }

  /// Returns true when a cell of this text is a value of the type, or null.
  package mutating func takes(_ text: ArraySlice<UInt8>) -> Bool {
    count += 1
    if count % Self.keptTexts == 0 { column.discard() }
    let cell = CSVCell(start: 0, count: text.count, isQuoted: true)
    return unsafe text.withUnsafeBytes { bytes in
      unsafe column.append([cell], column: 0, stride: 1, from: bytes) == nil
    }
  }
}
