package import Model

/// The options for reading the rows of an input file.
package struct ReadOptions: Sendable {
  /// The type a column is to have, by its name, instead of the one its values suggest.
  package var types: [DataText: ColumnType]
  /// True when a column with a named type may be missing, in JSON and CSV; otherwise it is an
  /// error.
  package var allowsMissing = false
  /// The columns whose bytes are to be Base64 text; only formats with columns of bytes have any.
  package var base64: [String] = []
  /// The form of a CSV file.
  package var csv = CSVForm()

  /// Options; without types every column gets the one its values suggest.
  package init(types: [DataText: ColumnType] = [:]) {
    self.types = types
  }
}
