extension [Double] {
  /// The numbers, with the one NaN for each that is none.
  ///
  /// Processors and programs make NaNs of other bits, which no text of ours tells apart: what is
  /// read has this one, so that the same values by any format have one digest.
  package var withOneNaN: [Double] {
    contains { $0.isNaN } ? map { $0.isNaN ? .nan : $0 } : self
  }
}
