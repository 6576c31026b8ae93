package import Columns
package import Model

/// Rows of an input file, in file order and in batches of bounded size.
///
/// A batch has every column met so far, in order of first appearance, each with a type wide enough
/// for all rows so far. Types only ever widen, and what was learnt outlives ``restart()``: a reader
/// that has once been read to its end gives every batch the file's final columns.
package protocol RowReader {
  /// The degree to which the format declares the types of its values.
  var typing: FileTyping { get }

  /// The readings of values where the file could mean something else; complete after the last row.
  var remarks: ReadRemarks { get }

  /// Makes the next pass read columns with the types that a dataset has for them, as far as the
  /// file itself does not say its types and all values fit. Call it before the first row, or
  /// before ``restart()``.
  mutating func expect(_ columns: ExpectedColumns) throws(StoreError)

  /// The next rows; nil after the last.
  /// - Throws: ``StoreError`` of kind `invalid` with file, line and column for bad data and for a
  ///   row or a table over the limits, `unavailable` when the file cannot be read.
  mutating func next() throws(StoreError) -> InputBatch?

  /// Goes back to the first row, remembering columns and types.
  mutating func restart() throws(StoreError)

  /// Takes the shapes that columns of the dataset have, by name.
  ///
  /// They say what a format with lists and structures does not: whether a member without a value is
  /// left out, and whether whole numbers are integers.
  mutating func adopt(_ shapes: [DataText: ValueShape])
}

extension RowReader {
  /// A text says all of its values.
  package mutating func adopt(_ shapes: [DataText: ValueShape]) {}
}

extension RowReader {
  package var remarks: ReadRemarks { ReadRemarks() }

  package mutating func expect(_ columns: ExpectedColumns) throws(StoreError) {}
}

/// The degrees to which file formats declare the types of their values.
package enum FileTyping: Sendable {
  /// Nothing: CSV has texts.
  case none
  /// Truth values, numbers and texts are distinct, but a timestamp is a text and `1` may be of a
  /// column of floats: JSON.
  case some
  /// Every column has its type: Parquet and Arrow.
  case all
}

/// Rows as they were read, with the line each began on.
package struct InputBatch: Sendable {
  package let rows: RowBatch
  /// The line of each row in its file, from 1.
  package let lines: [UInt32]

  /// Rows and their lines; both of the same count.
  package init(rows: RowBatch, lines: [UInt32]) {
    self.rows = rows
    self.lines = lines
  }
}
