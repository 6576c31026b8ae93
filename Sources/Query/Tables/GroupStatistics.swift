package import Columns
package import Model

/// The nulls and bounds of a column over one row group.
package struct GroupStatistics: Sendable, Hashable {
  /// The least and the greatest value as words.
  ///
  /// Of `int64`, `timestamp` and `bool` these are the bits of an Int64, of `float64` the bits of a
  /// Double, of `string` the first eight bytes, most significant first, padded with zeros.
  package struct Bounds: Sendable, Hashable {
    package let least: UInt64
    package let greatest: UInt64

    /// Bounds of a row group; both belong to values that are there.
    package init(least: UInt64, greatest: UInt64) {
      self.least = least
      self.greatest = greatest
    }
  }

  /// The type of the values in this row group, which says how to read the bounds.
  package let type: ColumnType
  package let nullCount: Int
  /// Nil when unknown, when values have no order (`json`, `file`), or when one is not a number.
  package let bounds: Bounds?

  /// Statistics of one row group.
  package init(type: ColumnType, nullCount: Int, bounds: Bounds?) {
    self.type = type
    self.nullCount = nullCount
    self.bounds = bounds
  }

  /// The statistics stored with a chunk whose values have the type `type`.
  package init(_ statistics: ColumnStatistics, type: ColumnType) {
    self.init(
      type: type, nullCount: statistics.nullCount,
      bounds: Bounds(least: statistics.minimum, greatest: statistics.maximum))
  }

  /// The word of a text: its first eight bytes, so that words order as texts do, up to ties.
  package static func word(ofText bytes: some Collection<UInt8>) -> UInt64 {
    var word: UInt64 = 0
    var shift: UInt64 = 64
    for byte in bytes.prefix(8) {
      shift -= 8
      word |= UInt64(byte) << shift
    }
    return word
  }
}
