/// The range of a body that a `Range` header requests (RFC 9110, section 14).
package enum ByteRange: Equatable {
  /// All of it: without a range, or with one that need not be understood.
  case whole
  case part(Range<Int>)
  /// It begins after the end.
  case unsatisfiable

  /// Reads a `Range` header for a body of `size` bytes.
  ///
  /// Several ranges, other units and what is malformed are answered with the whole, which the RFC
  /// allows. A suffix longer than the body is the whole body.
  package init(_ header: String?, size: Int) {
    self = .whole
    guard let header, header.utf8.count <= 100, header.prefix(6).lowercased() == "bytes=",
      !header.contains(",")
    else { return }
    let bounds = header.dropFirst(6).split(
      separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard bounds.count == 2 else { return }
    if bounds[0].isEmpty {
      guard let suffix = Self.number(bounds[1]) else { return }
      self = suffix == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - suffix)..<size)
      return
    }
    guard let first = Self.number(bounds[0]) else { return }
    var last = size - 1
    if !bounds[1].isEmpty {
      guard let number = Self.number(bounds[1]), number >= first else { return }
      last = min(last, number)
    }
    self = first < size ? .part(first..<last + 1) : .unsatisfiable
  }

  /// Only digits; more of them than a file can have bytes are the largest number.
  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text) ?? .max - 1
  }
}
