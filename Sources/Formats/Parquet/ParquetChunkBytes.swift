/// One column of one row group as bytes, and what the footer says of it.
struct ParquetChunkBytes: Sendable {
  var bytes: [UInt8] = []
  /// What `bytes` would be without compression, page headers included.
  var plainCount = 0
  var rowCount = 0
  var nullCount = 0
  /// Whether `bytes` begins with a dictionary page.
  var hasDictionary = false
  /// Where the first data page begins.
  var dataStart = 0
  /// The smallest and the largest value in the plain encoding without a length; nil when there is
  /// none that can be told.
  var bounds: (least: [UInt8], most: [UInt8])?
  /// Which numbers were written as integers; nil when none was.
  var integral: String?
}
