import Model

/// A buffer that passes text on in pieces of some kilobytes, so that it may be written line by
/// line.
///
/// Used by one thread at a time.
final class TextPieces {
  private let write: ([UInt8]) throws(StoreError) -> Void
  private var pending: [UInt8] = []

  private static let pieceBytes = 1 << 16

  /// Pieces that `write` takes.
  init(_ write: @escaping ([UInt8]) throws(StoreError) -> Void) {
    self.write = write
  }

  /// Adds a line for people.
  func line(_ text: String) throws(StoreError) {
    pending.append(contentsOf: TerminalText.line(text).utf8)
    pending.append(UInt8(ascii: "\n"))
    try flush(from: Self.pieceBytes)
  }

  /// Adds a value on a line of its own.
  func json(_ value: JSON) throws(StoreError) {
    try bytes(value.compactBytes + [UInt8(ascii: "\n")])
  }

  /// Adds bytes as they are.
  func bytes(_ bytes: [UInt8]) throws(StoreError) {
    pending.append(contentsOf: bytes)
    try flush(from: Self.pieceBytes)
  }

  /// Writes the buffered bytes; call it once, at the end.
  func finish() throws(StoreError) {
    try flush(from: 1)
  }

  private func flush(from count: Int) throws(StoreError) {
    guard pending.count >= count else { return }
    try write(pending)
    pending.removeAll(keepingCapacity: true)
  }
}
