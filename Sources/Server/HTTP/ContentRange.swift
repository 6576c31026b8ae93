package import Model

/// The value of `Content-Range` (RFC 9110, section 14.4): `bytes 0-1023/4096`, or `bytes */4096`
/// for none of it, since all has come.
package struct ContentRange: Hashable {
  package let bytes: Range<Int>
  /// The number of bytes of the whole.
  package let total: Int

  /// Reads a header.
  /// - Throws: ``StoreError`` of kind `usage` for anything but a part of a known whole.
  package init(parsing text: String) throws(StoreError) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    let sides = parts.last?.split(separator: "/", omittingEmptySubsequences: false) ?? []
    let ends = sides.first?.split(separator: "-", omittingEmptySubsequences: false) ?? []
    guard parts.count == 2, parts[0] == "bytes", sides.count == 2,
      let total = Self.number(sides[1])
    else { throw Self.malformed }
    self.total = total
    guard ends != ["*"] else {
      bytes = total..<total
      return
    }
    guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]),
      first <= last, last < total
    else { throw Self.malformed }
    bytes = first..<last + 1
  }

  private static let malformed = StoreError(
    .usage, "Content-Range gives the range and the size of the whole: 'bytes 0-1023/4096'")

  private static func number(_ text: Substring) -> Int? {
    guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(text)
  }
}
