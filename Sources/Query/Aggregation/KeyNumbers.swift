import Columns
import Model

/// The distinct values of one grouping column over all row groups, numbered.
struct KeyNumbers: Sendable {
  /// The number of null.
  static let null: UInt32 = 0

  let type: ColumnType
  private(set) var words = WordTable()
  private(set) var texts = RunTable<UInt8>()

  init(_ type: ColumnType) { self.type = type }

  /// The numbers of a row group's values, and that of null after them.
  mutating func numbers(of values: KeyColumn.Values) -> [UInt32] {
    switch values {
    case .words(let added): added.map { words.number(of: $0) + 1 } + [Self.null]
    case .texts(let added):
      (0..<added.count).map { texts.number(of: added.bytes[added.range($0)]) + 1 } + [Self.null]
    }
  }

  mutating func add(word: UInt64) { _ = words.number(of: word) }

  mutating func add(text: ArraySlice<UInt8>) { _ = texts.number(of: text) }

  /// The place of each number in SQL's order, null first, texts byte by byte.
  func ranks() -> [Int] {
    let count = max(words.words.count, texts.count)
    let order: [Int]
    switch type {
    case .bool, .int64, .timestamp:
      order = (0..<count).sorted {
        Int64(bitPattern: words.words[$0]) < Int64(bitPattern: words.words[$1])
      }
    case .float64:
      order = (0..<count).sorted {
        Double(bitPattern: words.words[$0]) < Double(bitPattern: words.words[$1])
      }
    case .string, .file, .json, .vector:
      order = (0..<count).sorted {
        texts.elements[texts.range($0)].lexicographicallyPrecedes(texts.elements[texts.range($1)])
      }
    }
    var ranks = [Int](repeating: 0, count: count + 1)
    for (rank, index) in order.enumerated() { ranks[index + 1] = rank + 1 }
    return ranks
  }

  /// The values with these numbers.
  func vector(_ numbers: [UInt32]) -> ColumnVector {
    var validity = Bitmap(count: 0)
    for number in numbers { validity.append(number != Self.null) }
    func word(_ number: UInt32) -> UInt64 {
      number == Self.null ? 0 : words.words[Int(number) - 1]
    }
    let values: ColumnVector.Values
    switch type {
    case .bool:
      var bits = Bitmap(count: 0)
      for number in numbers { bits.append(word(number) == 1) }
      values = .bool(bits)
    case .int64, .timestamp:
      values = .int64(numbers.map { Int64(bitPattern: word($0)) })
    case .float64:
      values = .float64(numbers.map { Double(bitPattern: word($0)) }, integral: nil)
    case .string, .file, .json, .vector:
      var shown = TextValues()
      for index in 0..<texts.count { shown.append(texts.elements[texts.range(index)]) }
      values = .dictionary(
        codes: numbers.map { $0 == Self.null ? 0 : $0 - 1 }, words: shown)
    }
    return ColumnVector(type: type, count: numbers.count, validity: validity, values: values)
  }

  /// About how many bytes the values take.
  var memoryBytes: Int { words.words.count * 16 + texts.memoryBytes }
}
