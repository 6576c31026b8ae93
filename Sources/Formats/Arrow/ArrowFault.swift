import Model

/// The reasons for refusing Arrow data; the reader adds the file's name.
enum ArrowFault {
  /// Bytes that no writer of the format makes.
  static func damaged(_ what: String) -> StoreError {
    StoreError(.invalid, "the Arrow data is damaged (\(what)): make it again, or fetch it again")
  }

  /// More of something than this reader takes; `advice` is what makes less of it.
  static func beyond(_ what: String, _ advice: String) -> StoreError {
    StoreError(
      .invalid, "the Arrow data has \(what), the most that is supported: \(advice)")
  }

  /// Something that the format has and this reader has not.
  static func unsupported(_ what: String) -> StoreError {
    StoreError(
      .invalid,
      "the Arrow data has \(what), which is not supported: write it without, or give the "
        + "data in another format")
  }

  /// A value that its column cannot hold unchanged.
  static func unfit(_ field: ArrowField, _ what: String, _ advice: String) -> StoreError {
    StoreError(.invalid, "the column '\(field.column)' has \(what): \(advice)")
  }

  /// Too much to hold at once; fewer rows may fit.
  static var tooLarge: StoreError {
    .requestLimit(
      "a single row of the Arrow data takes more than 256 MiB: write smaller values")
  }
}

extension ArrowField {
  /// `advice`, and to read the column as `type` where the field is the column itself.
  func advice(_ advice: String, orAs type: String) -> String {
    isInner ? advice : ColumnTypes.advice(advice, orRead: column, as: type)
  }
}
