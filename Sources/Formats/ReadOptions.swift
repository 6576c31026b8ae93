package import Model

/// How the rows of an input file are to be read.
package struct ReadOptions: Sendable {
  /// The type a column is to have, by its name, instead of the one its values suggest.
  package var types: [DataText: ColumnType]
  /// Whether a column that has a type may be missing, in JSON and CSV; otherwise that is an error.
  package var allowsMissing = false
  /// The columns whose bytes are to be Base64 text; only formats with columns of bytes have any.
  package var base64: [String] = []
  /// How a CSV file is written.
  package var csv = CSVForm()

  /// Options; without types every column gets the one its values suggest.
  package init(types: [DataText: ColumnType] = [:]) {
    self.types = types
  }
}
