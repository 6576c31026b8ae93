import Model

extension QueryValue {
  /// The bytes of a value that are turned into text at a time.
  private static let pieceBytes = 1 << 16

  /// Hands over ``plainText`` in pieces, each of whole characters of Unicode.
  ///
  /// Where there are several, `check` is asked before each, so that a value of any size can be
  /// given up while it is written.
  func pieces(
    check: () throws(StoreError) -> Void, _ body: (String) throws(StoreError) -> Void
  ) throws(StoreError) {
    switch self {
    case .blob(let bytes) where bytes.count > Self.pieceBytes:
      for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
        try check()
        try body(Hex.encode(bytes[start..<min(start + Self.pieceBytes, bytes.count)]))
      }
    case .text(let text) where text.utf8.count > Self.pieceBytes:
      let bytes = text.utf8
      var start = bytes.startIndex
      while start < bytes.endIndex {
        try check()
        var end =
          bytes.index(start, offsetBy: Self.pieceBytes, limitedBy: bytes.endIndex)
          ?? bytes.endIndex
        while end < bytes.endIndex, UTF8.isContinuation(bytes[end]) {
          end = bytes.index(after: end)
        }
        try body(String(text[start..<end]))
        start = end
      }
    default: try body(plainText)
    }
  }

  /// True when ``pieces(check:_:)`` are several.
  var isLarge: Bool {
    switch self {
    case .blob(let bytes): bytes.count > Self.pieceBytes
    case .text(let text): text.utf8.count > Self.pieceBytes
    default: false
    }
  }
}
