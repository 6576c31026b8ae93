import Model

/// A 64-bit hash of the columns of a row, keyed by the store and the table.
///
/// Every word is folded in by the high and low half of a 128-bit product, so that a flipped bit
/// changes it. It detects accidental damage; it is no defence against a deliberate forgery.
struct RowChecksum {
  /// The tables, so that a row is not taken for one of another table.
  enum Table: UInt64 {
    case store = 1, dataset, record, version, tag, pack, object
  }

  private var state: UInt64

  /// The key of all checksums of a store.
  init(store: String) {
    state = 0x9E37_79B9_7F4A_7C15
    combine(store)
  }

  /// A checksum of a row of `table`, without any column yet.
  func of(_ table: Table) -> RowChecksum {
    var copy = self
    copy.combine(table.rawValue)
    return copy
  }

  /// The hash of everything folded in.
  var value: Int64 { Int64(bitPattern: state) }

  mutating func combine(_ word: UInt64) {
    let product = (state ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    state = product.high ^ product.low ^ 0xE703_7ED1_A0B4_28DB
  }

  mutating func combine(_ number: Int) { combine(UInt64(bitPattern: Int64(number))) }

  mutating func combine(_ digest: Digest) {
    combine(digest.word0)
    combine(digest.word1)
    combine(digest.word2)
    combine(digest.word3)
  }

  /// Folds bytes in, eight at a time, and then their count.
  mutating func combine(_ bytes: some Sequence<UInt8>) {
    var word: UInt64 = 0
    var count: UInt64 = 0
    for byte in bytes {
      word = word << 8 | UInt64(byte)
      count += 1
      if count % 8 == 0 {
        combine(word)
        word = 0
      }
    }
    if count % 8 != 0 { combine(word) }
    combine(count)
  }

  mutating func combine(_ text: String) { combine(text.utf8) }

  /// Folds in a value that may be absent.
  mutating func combine(_ text: String?) {
    combine(text == nil ? 0 : 1)
    if let text { combine(text.utf8) }
  }
}
