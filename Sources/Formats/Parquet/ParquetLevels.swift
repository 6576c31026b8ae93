import Model

/// The levels of a page: of repetition or of definition, none when the deepest is 0.
struct ParquetLevels: Sendable {
  private var decoder: ParquetHybridDecoder?
  private let most: UInt32

  /// Levels of at most `most`, in `bytes[range]`.
  init(_ bytes: [UInt8], _ range: Range<Int>, most: Int) throws(StoreError) {
    self.most = UInt32(most)
    let width = Int.bitWidth - most.leadingZeroBitCount
    decoder = most == 0 ? nil : try ParquetHybridDecoder(bytes, range, width: width)
  }

  /// The next `count` levels; empty when all are 0.
  mutating func read(_ count: Int) throws(StoreError) -> [UInt32] {
    guard decoder != nil else { return [] }
    var levels: [UInt32] = []
    levels.reserveCapacity(count)
    try decoder?.read(count, appendingTo: &levels)
    guard levels.max() ?? 0 <= most else { throw ParquetFault.damaged("the levels of a page") }
    return levels
  }
}
