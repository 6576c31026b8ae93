/// One column of one row group as bytes, and what the footer says of it.
struct ParquetChunkBytes: Sendable {
  var bytes: [UInt8] = []
  /// The size of `bytes` without compression, page headers included.
  var plainCount = 0
  var rowCount = 0
  var nullCount = 0
  /// True when `bytes` begins with a dictionary page.
  var hasDictionary = false
  /// The offset of the first data page.
  var dataStart = 0
  /// The smallest and the largest value in the plain encoding without a length; nil when they are
  /// not known.
  var bounds: (least: [UInt8], most: [UInt8])?
  /// The numbers that were written as integers; nil when none was.
  var integral: String?
}
