import Columns
import Model

/// A record of the floats of a column of one record batch that were written as integers (`41`, not
/// `41.0`), as text for the batch's metadata: Arrow has no place for it, and other readers ignore
/// it.
enum ArrowIntegralMarks {
  /// The prefix of the keys of such texts; the number of the column follows.
  static let keyPrefix = "assay.integral."
  private static let all = "all"

  /// The text of `marks`: `all`, or the hexadecimal digits of a zstd frame of the bits; nil when
  /// none is set among the rows that have a value.
  static func text(_ marks: Bitmap, validity: Bitmap?) throws(StoreError) -> String? {
    let set = marks.setCount
    if set == 0 { return nil }
    if set == validity?.setCount ?? marks.count { return all }
    return Hex.encode(try Compressor().frame(marks.bytes).bytes)
  }

  /// The marks that `text` stands for, of `count` rows; nil when it stands for none.
  static func marks(_ text: String, validity: Bitmap?, count: Int) -> Bitmap? {
    if text == all { return validity ?? Bitmap(repeating: true, count: count) }
    guard let frame = Hex.decode(Array(text.utf8)),
      let bytes = try? Decompressor().bytes(of: frame, rawCount: (count + 7) / 8)
    else { return nil }
    return Bitmap(bytes: bytes, count: count)
  }
}
