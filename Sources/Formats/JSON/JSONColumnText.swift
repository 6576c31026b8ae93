import CSimdjson
import Columns
import Model

/// One column, laid out so that its cells can be written without looking at its type's details.
///
/// Arrays that the column's layout does not need are empty: plain fields are read in place, where
/// taking them out of an enum's payload would count references for every cell, as would copies of a
/// struct of so many arrays.
final class JSONColumnText: Sendable {
  private enum Form { case null, bool, integer, timestamp, number, string, verbatim }

  private let name: [UInt8]
  private let form: Form
  private let validity: [UInt8]
  private let hasNulls: Bool
  private let bits: [UInt8]
  private let integers: [Int64]
  private let numbers: [Double]
  /// A mark for each number that is written as an integer.
  private let integral: [UInt8]
  private let codes: [UInt32]
  private let offsets: [UInt32]
  private let bytes: [UInt8]

  /// The column of `vector`; `name` is `"name":`.
  init(_ vector: ColumnVector, name: [UInt8]) {
    let vector = vector.spelledVectors
    self.name = name
    validity = vector.validity?.bytes ?? []
    hasNulls = vector.validity != nil
    let isVerbatim = vector.type == .json || vector.type == .file
    var form = Form.null
    var bits: [UInt8] = []
    var integers: [Int64] = []
    var numbers: [Double] = []
    var integral: [UInt8] = []
    var codes: [UInt32] = []
    var texts = TextValues()
    switch vector.values {
    case .none: break
    case .bool(let values):
      form = .bool
      bits = values.bytes
    case .int64(let values):
      form = vector.type == .timestamp ? .timestamp : .integer
      integers = values
    case .float64(let values, let whole):
      form = .number
      numbers = values
      integral = whole?.bytes ?? []
    case .text(let values):
      form = isVerbatim ? .verbatim : .string
      texts = values
    case .dictionary(let rowCodes, let words):
      // Words are escaped once, so that every row copies.
      form = .verbatim
      codes = rowCodes
      texts = isVerbatim ? words : Self.quoted(words)
    }
    self.form = form
    self.bits = bits
    self.integers = integers
    self.numbers = numbers
    self.integral = integral
    self.codes = codes
    offsets = texts.offsets
    bytes = texts.bytes
  }

  private static func quoted(_ words: TextValues) -> TextValues {
    var texts = TextValues()
    for index in 0..<words.count {
      unsafe words.bytes.withUnsafeBufferPointer { buffer in
        let word = unsafe UnsafeBufferPointer(rebasing: buffer[words.range(index)])
        unsafe JSONText.append(word, to: &texts.bytes)
      }
      texts.offsets.append(UInt32(texts.bytes.count))
    }
    return texts
  }

  /// Returns true when the row has a value.
  func hasValue(_ row: Int) -> Bool {
    if form == .null { return false }
    return !hasNulls || validity[row >> 3] >> (row & 7) & 1 != 0
  }

  /// The most bytes that the cells of `rows` take with their names.
  func capacity(_ rows: Range<Int>) -> Int {
    let each = name.count + 1
    switch form {
    case .null, .bool: return rows.count * (each + 5)
    case .integer, .timestamp, .number: return rows.count * (each + NumberText.capacity)
    case .string, .verbatim:
      if !codes.isEmpty {
        return rows.reduce(rows.count * (each + 4)) { size, row in
          let word = Int(codes[row])
          return size + Int(offsets[word + 1]) - Int(offsets[word])
        }
      }
      let start = Int(offsets[rows.lowerBound])
      let length = Int(offsets[rows.upperBound]) - start
      var size = rows.count * (each + 4) + length
      if form == .string {
        size += unsafe bytes.withUnsafeBufferPointer { buffer in
          guard let first = buffer.baseAddress else { return 0 }
          return unsafe assay_json_escape_growth(first + start, length)
        }
      }
      return size
    }
  }

  /// Writes `"name":value` at `end`, which has room for it, and moves it.
  func write(_ row: Int, to end: inout UnsafeMutablePointer<UInt8>) {
    unsafe Self.copy(name, 0, name.count, to: &end)
    guard hasValue(row) else {
      unsafe Self.put("null", to: &end)
      return
    }
    switch form {
    case .null: break
    case .bool: unsafe Self.put(Self.bit(bits, row) ? "true" : "false", to: &end)
    case .integer: unsafe end += assay_json_integer_text(integers[row], end)
    case .number:
      let value = numbers[row]
      if !value.isFinite {
        unsafe Self.put("null", to: &end)
      } else if Self.bit(integral, row), let whole = Int64(exactly: value) {
        unsafe end += assay_json_integer_text(whole, end)
      } else {
        unsafe end += assay_json_number_text(value, end)
      }
    case .timestamp:
      let text = Array("\"\(Timestamp(microseconds: integers[row]))\"".utf8)
      unsafe Self.copy(text, 0, text.count, to: &end)
    case .string:
      unsafe end.pointee = UInt8(ascii: "\"")
      unsafe end += 1
      let start = Int(offsets[row])
      let length = Int(offsets[row + 1]) - start
      unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let first = buffer.baseAddress else { return }
        unsafe end += assay_json_escape(first + start, length, end)
      }
      unsafe end.pointee = UInt8(ascii: "\"")
      unsafe end += 1
    case .verbatim:
      let index = codes.isEmpty ? row : Int(codes[row])
      unsafe Self.copy(bytes, Int(offsets[index]), Int(offsets[index + 1]), to: &end)
    }
  }

  private static func bit(_ bytes: [UInt8], _ row: Int) -> Bool {
    !bytes.isEmpty && bytes[row >> 3] >> (row & 7) & 1 != 0
  }

  private static func put(_ word: StaticString, to end: inout UnsafeMutablePointer<UInt8>) {
    unsafe end.update(from: word.utf8Start, count: word.utf8CodeUnitCount)
    unsafe end += word.utf8CodeUnitCount
  }

  private static func copy(
    _ bytes: [UInt8], _ start: Int, _ stop: Int, to end: inout UnsafeMutablePointer<UInt8>
  ) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let first = buffer.baseAddress else { return }
      unsafe end.update(from: first + start, count: stop - start)
    }
    unsafe end += stop - start
  }
}
