import Columns
import Model

/// The spelling of numbers and nulls in the cells of a CSV file.
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

  /// The look of a text of the file; nil for one without.
  func look(_ text: UnsafeRawBufferPointer) -> CSVLook? {
    unsafe CSVLook(text, hasDecimalComma: hasDecimalComma)
  }

  /// A number however it is spelt, as JSON has it; nil for any other text and for what no double
  /// can stand for.
  func respelled(_ text: UnsafeRawBufferPointer) -> Respelled? {
    let json = unsafe withNumber(text) { unsafe CSVNumber.respelled($0) } ?? nil
    guard let json else { return nil }
    return unsafe json.withUnsafeBytes { bytes in
      guard let number = unsafe CSVNumber(bytes), let value = unsafe number.value(bytes) else {
        return nil
      }
      return Respelled(
        json: json, value: value, isInteger: number.isInteger,
        isExact: number.isInteger
          && (number.isHeldExactly || KeyNumber(json: json[...]) == KeyNumber(value)),
        isMarked: number.isExactInteger)
    }
  }

  /// A number as JSON has it.
  struct Respelled {
    let json: [UInt8]
    let value: Double
    let isInteger: Bool
    /// True when it is an integer that the double equals, or is written as.
    let isExact: Bool
    /// True when the double equals the integer and prints as it.
    let isMarked: Bool
  }
}
