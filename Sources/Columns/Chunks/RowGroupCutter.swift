/// The rule for where row groups end, which looks only at the rows' content.
///
/// A group ends after a row whose key hash, read as a fraction of 2^64, is below that row's chance:
/// the greater of 1/8192 and its bytes / 12 MiB, so wide rows make groups of fewer rows. No group
/// ends before 2,048 rows or 4 MiB, and every group ends at 32,768 rows or 64 MiB. The first group
/// starts at the first row and each cut starts afresh, so an insert moves only its neighbourhood.
/// Set in stone: equal content must cut equally forever (docs/format.md, "Row groups").
package struct RowGroupCutter: Sendable {
  private var rows = 0
  private var bytes = 0

  private static let leastRows = 2048
  private static let leastBytes = 4 << 20
  private static let mostRows = 32_768
  private static let mostBytes = 64 << 20
  private static let rowChance = UInt64.max / 8192
  private static let byteChance = UInt64.max / (12 << 20)

  /// A cutter before a snapshot's first row.
  package init() {}

  /// Takes the next row and says whether its group ends with it.
  package mutating func endsGroup(keyHash: UInt64, rowBytes: Int) -> Bool {
    rows += 1
    bytes += rowBytes
    let isLong = rows >= Self.leastRows || bytes >= Self.leastBytes
    let chance = max(Self.rowChance, Self.byteChance.multipliedClamped(by: rowBytes))
    guard (isLong && keyHash < chance) || rows >= Self.mostRows || bytes >= Self.mostBytes
    else { return false }
    self = RowGroupCutter()
    return true
  }
}

extension UInt64 {
  fileprivate func multipliedClamped(by factor: Int) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: UInt64(factor))
    return overflow ? .max : product
  }
}
