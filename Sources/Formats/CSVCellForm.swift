import Model

/// How cells of a CSV file write numbers and nulls.
struct CSVCellForm: Sendable {
  let words: CSVWords
  private let hasDecimalComma: Bool

  /// The cells of a file that is written so.
  init(_ form: CSVForm) {
    words = CSVWords(form.nulls)
    hasDecimalComma = form.hasDecimalComma
  }

  /// Calls `body` with a number's text as JSON would have it, with a point; nil for a text with a
  /// point where numbers have commas.
  @inline(__always)
  func withNumber<Result>(
    _ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    guard hasDecimalComma else { return unsafe body(text) }
    guard unsafe !text.contains(UInt8(ascii: ".")) else { return nil }
    let pointed = unsafe text.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
    return unsafe pointed.withUnsafeBytes { unsafe body($0) }
  }
}
