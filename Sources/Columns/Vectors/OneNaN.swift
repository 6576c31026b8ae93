extension [Double] {
  /// The numbers, with every NaN replaced by the same NaN.
  ///
  /// Processors and programs make NaNs of different bits, which look alike in our texts: all values
  /// read have this one, so that the same values by any format have one digest.
  package var withOneNaN: [Double] {
    contains { $0.isNaN } ? map { $0.isNaN ? .nan : $0 } : self
  }
}
