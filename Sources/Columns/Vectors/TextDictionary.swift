import Foundation

/// Finds equal texts of a column.
enum TextDictionary {
  /// Codes and distinct words in order of first appearance; nil when repetition is too rare to pay.
  ///
  /// It gives up when more than half of the rows are distinct, after the first 256 rows already.
  static func build(_ text: TextView, count: Int) -> (codes: [UInt32], words: TextValues)? {
    guard count >= 8 else { return nil }
    var capacity = 1024
    while capacity < count * 2 { capacity *= 2 }
    var table = [UInt32](repeating: 0, count: capacity)
    var codes: [UInt32] = []
    codes.reserveCapacity(count)
    var words = TextValues()
    let didRepeat = unsafe text.words.bytes.withUnsafeBytes { bytes in
      for row in 0..<count {
        let range = text.range(row)
        let word = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
        var hash = TextHash()
        unsafe hash.combine(word)
        var slot = Int(truncatingIfNeeded: hash.value) & (capacity - 1)
        while table[slot] != 0, unsafe !matches(words, Int(table[slot]) - 1, word) {
          slot = (slot + 1) & (capacity - 1)
        }
        if table[slot] == 0 {
          unsafe words.append(word)
          table[slot] = UInt32(words.count)
          if words.count > 128, words.count * 2 > row + 1 { return false }
        }
        codes.append(table[slot] - 1)
      }
      return words.count * 2 <= count
    }
    return didRepeat ? (codes, words) : nil
  }

  private static func matches(
    _ words: TextValues, _ index: Int, _ word: UnsafeRawBufferPointer
  ) -> Bool {
    let range = words.range(index)
    guard range.count == word.count else { return false }
    guard let target = word.baseAddress else { return true }
    return unsafe words.bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return true }
      return unsafe memcmp(source + range.lowerBound, target, word.count) == 0
    }
  }
}
