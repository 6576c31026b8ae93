import CZstd
import Columns
import Model

/// A record of the numbers of a column of one row group that were written as integers (`41`, not
/// `41.0`), as text for the column's metadata: Parquet has no place for it, and other readers
/// ignore it.
enum ParquetIntegralMarks {
  /// The name under which a column chunk keeps the text.
  static let name = "assay.integral"
  private static let all = "all"

  /// The text of `marks`, one for each value that is not null: `all`, or the hexadecimal digits of
  /// a zstd frame of the bits; nil when none is set.
  static func text(
    _ marks: [Bool], _ compressor: borrowing Compressor
  ) throws(StoreError) -> String? {
    guard marks.contains(true) else { return nil }
    if marks.allSatisfy({ $0 }) { return all }
    var bits = Bitmap(count: 0)
    for mark in marks { bits.append(mark) }
    return Hex.encode(try compressor.frame(bits.bytes).bytes)
  }

  /// Reads the text of one column chunk.
  struct Reader: Sendable {
    /// The most numbers of a row group.
    private static let limit = 1 << 26

    /// Nil for all.
    private let bits: [UInt8]?
    private var position = 0

    /// A reader of `text`.
    /// - Throws: ``StoreError`` of kind `invalid` when it is not what ``ParquetIntegralMarks``
    ///   makes.
    init(text: String, budget: InputBudget) throws(StoreError) {
      if text == ParquetIntegralMarks.all {
        bits = nil
        return
      }
      guard let frame = Hex.decode(text.utf8) else { throw ParquetFault.damaged("its metadata") }
      let size = unsafe frame.withUnsafeBytes {
        unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count)
      }
      guard size <= UInt64(Self.limit / 8) else { throw ParquetFault.damaged("its metadata") }
      try budget.take(Int(size))
      bits = try ParquetCompression.zstd.decode(frame[...], count: Int(size))
    }

    /// The marks of the next `count` numbers.
    mutating func read(_ count: Int) throws(StoreError) -> Bitmap {
      guard let bits else { return Bitmap(repeating: true, count: count) }
      guard count <= bits.count * 8 - position else { throw ParquetFault.damaged("its metadata") }
      var marks = Bitmap(count: count)
      for index in 0..<count
      where bits[(position + index) >> 3] >> UInt8((position + index) & 7) & 1 != 0 {
        marks[index] = true
      }
      position += count
      return marks
    }
  }
}
