package import Model

/// The text of a result on its way to a reader.
///
/// CSV for a terminal is made safe as all that is printed for people: each row is one line, in
/// which nothing is obeyed (``TerminalText``). CSV for a pipe or a file, and every other format, is
/// the bytes as they come. One owner calls `append` for each piece and `finish` at the end.
package final class ResultText {
  private let write: ([UInt8]) throws(StoreError) -> Void
  private let isMadeSafe: Bool
  /// The row that is not complete yet.
  private var row: [UInt8] = []
  private var isQuoted = false

  /// A text that is handed on to `write`.
  package init(
    isCSV: Bool, isTerminal: Bool, write: @escaping ([UInt8]) throws(StoreError) -> Void
  ) {
    isMadeSafe = isCSV && isTerminal
    self.write = write
  }

  /// Takes the next piece.
  package func append(_ bytes: [UInt8]) throws(StoreError) {
    guard isMadeSafe else { return try write(bytes) }
    var safe: [UInt8] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n"), !isQuoted {
        safe += Self.line(row) + [byte]
        row.removeAll(keepingCapacity: true)
      } else {
        // A quote within quotes is two, which leave it as it is.
        if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
        row.append(byte)
      }
    }
    if !safe.isEmpty { try write(safe) }
  }

  /// Takes the end.
  package func finish() throws(StoreError) {
    guard !row.isEmpty else { return }
    try write(Self.line(row))
    row = []
  }

  private static func line(_ row: [UInt8]) -> [UInt8] {
    Array(TerminalText.line(String(decoding: row, as: UTF8.self)).utf8)
  }
}
