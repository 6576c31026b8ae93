import Columns

/// The distinct texts of a column of one row group, numbered in order of first appearance.
struct ParquetTextTable {
  private(set) var words = TextValues()
  /// Number + 1 of the word in each slot; 0 for none.
  private var slots = [UInt32](repeating: 0, count: 1024)

  /// The greatest size of a dictionary: readers hold it whole.
  private static let byteLimit = 1 << 20

  /// Returns true when words repeat too seldom for a dictionary to pay, after `rows` rows.
  func isTooLarge(rows: Int) -> Bool {
    words.bytes.count > Self.byteLimit || (words.count > 256 && words.count * 2 > rows)
  }

  /// The number of `text`, which is added when it is new.
  mutating func number(of text: ArraySlice<UInt8>) -> UInt32 {
    var slot = Self.hash(text) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if words.bytes[words.range(index)] == text { return UInt32(index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    words.append(text)
    slots[slot] = UInt32(words.count)
    if words.count * 2 > slots.count { grow() }
    return UInt32(words.count - 1)
  }

  private mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 2)
    for index in 0..<words.count {
      var slot = Self.hash(words.bytes[words.range(index)]) & (larger.count - 1)
      while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
      larger[slot] = UInt32(index) + 1
    }
    slots = larger
  }

  private static func hash(_ text: ArraySlice<UInt8>) -> Int {
    var hash = TextHash()
    unsafe text.withUnsafeBytes { unsafe hash.combine($0) }
    return Int(truncatingIfNeeded: hash.value)
  }
}
