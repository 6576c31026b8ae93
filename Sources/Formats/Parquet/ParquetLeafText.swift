import Columns
import Model

/// The entries of one column within lists and structures, as pieces of JSON text.
struct ParquetLeafText {
  private let leaf: ParquetLeaf
  private let entries: ParquetEntries
  private let values: ColumnVector
  /// The next entry, and the next value among those that have one.
  private(set) var position = 0
  private var value = 0

  /// The text of `entries`, whose values `conversion` makes ours.
  init(_ entries: ParquetEntries, _ conversion: ParquetConversion) throws(StoreError) {
    leaf = conversion.leaf
    values = try conversion.vector(entries.scalars)
    self.entries = entries
  }

  /// True when every entry was taken.
  var isAtEnd: Bool { position == entries.count }

  /// The level of definition of the next entry.
  func definition() throws(StoreError) -> Int {
    guard position < entries.count else { throw Self.damage }
    return entries.definitions.isEmpty ? 0 : Int(entries.definitions[position])
  }

  /// The level of repetition of the next entry; 0 at the end.
  var repetition: Int {
    entries.repetitions.isEmpty || position >= entries.count
      ? 0 : Int(entries.repetitions[position])
  }

  /// Passes over an entry.
  mutating func skip() throws(StoreError) {
    // A structure is present in all of its columns or in none, so no value is skipped.
    guard try definition() < leaf.definition else { throw Self.damage }
    position += 1
  }

  /// Appends the next entry's value.
  mutating func append(to text: inout [UInt8]) throws(StoreError) {
    guard try definition() == leaf.definition else { throw Self.damage }
    position += 1
    let index = value
    value += 1
    guard values.hasValue(index) else {
      text.append(contentsOf: "null".utf8)
      return
    }
    switch values.values {
    case .none: text.append(contentsOf: "null".utf8)
    case .bool(let bits): text.append(contentsOf: (bits[index] ? "true" : "false").utf8)
    case .int64(let integers):
      if values.type == .timestamp {
        JSONText.append(Timestamp(microseconds: integers[index]).description, to: &text)
      } else {
        NumberText.append(integers[index], to: &text)
      }
    case .float64(let floats, _):
      guard floats[index].isFinite else {
        throw StoreError(
          .invalid,
          "a number within a list or a structure is not finite, which JSON has no text for: "
            + "write null or a text instead")
      }
      NumberText.append(floats[index], to: &text)
    case .text(let texts): append(texts, index, to: &text)
    case .dictionary(let codes, let words): append(words, Int(codes[index]), to: &text)
    }
  }

  private func append(_ texts: TextValues, _ index: Int, to text: inout [UInt8]) {
    if values.type == .json {
      text.append(contentsOf: texts.bytes[texts.range(index)])
      return
    }
    let word = texts.bytes[texts.range(index)]
    unsafe word.withUnsafeBufferPointer { unsafe JSONText.append($0, to: &text) }
  }

  private static var damage: StoreError { ParquetFault.damaged("the levels of its columns") }
}
