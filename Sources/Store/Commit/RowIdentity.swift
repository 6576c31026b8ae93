import Columns
import Model

/// A row's key as texts, which is how people write it.
///
/// A text stands for every value that is written so: `41` for the number, in a column of whatever
/// type, and for the text. Of the existing values it is the number, then true or false, then the
/// moment, then the text. A text in quotes, as JSON has it, is only a text.
package struct RowIdentity: Sendable {
  /// The key's columns.
  package let columns: [String]
  /// The identities (``KeyIdentities``) that each column's cell may have, the likeliest first.
  private let cells: [[[UInt8]]]

  /// The row whose key has these values, one a column.
  package init(columns: [String], values: [String]) {
    precondition(columns.count == values.count)
    self.columns = columns
    cells = values.map(Self.cells)
  }

  /// The possible meanings of these values, one per column, the likeliest first: numbers where
  /// possible.
  package static func candidates(columns: [String], values: [String]) -> [RowIdentity] {
    var found: [[[[UInt8]]]] = [[]]
    for cells in values.map(Self.cells) {
      found = found.flatMap { start in cells.map { start + [[$0]] } }
    }
    return found.map { RowIdentity(columns: columns, cells: $0) }
  }

  private init(columns: [String], cells: [[[UInt8]]]) {
    self.columns = columns
    self.cells = cells
  }

  /// The row whose key this is; `vectors` are the key's columns, all of `count` rows.
  func row(in vectors: [ColumnVector], count: Int) -> Int? {
    let keys = vectors.map { KeyIdentities(columns: [$0], count: count) }
    var best: (row: Int, ranks: [Int])?
    for row in 0..<count {
      guard let ranks = ranks(of: row, keys) else { continue }
      if let known = best, !ranks.lexicographicallyPrecedes(known.ranks) { continue }
      best = (row, ranks)
    }
    return best?.row
  }

  /// The rank of a row's value among the candidates of each column; nil when one column has no
  /// match.
  private func ranks(of row: Int, _ keys: [KeyIdentities]) -> [Int]? {
    var ranks: [Int] = []
    for (identities, wanted) in zip(keys, cells) {
      let found = identities[row]
      guard
        let rank = wanted.firstIndex(where: { $0.count == found.count && $0.elementsEqual(found) })
      else { return nil }
      ranks.append(rank)
    }
    return ranks
  }

  private static func cells(_ text: String) -> [[UInt8]] {
    if text.utf8.count > 1, text.utf8.first == UInt8(ascii: "\""),
      text.utf8.last == UInt8(ascii: "\""),
      case .text(let bytes)? = JSONScalar(Array(text.utf8)[...])
    {
      // As it stands it may be a text as well, quotes and all.
      return [identity(of: bytes, as: .string), identity(of: Array(text.utf8), as: .string)]
    }
    var values: [ColumnVector] = []
    if KeyNumber(json: Array(text.utf8)[...]) != nil {
      values.append(vector(of: Array(text.utf8), as: .json))
    } else if let float = Double(text) {
      values.append(
        ColumnVector(
          type: .float64, count: 1, validity: nil, values: .float64([float], integral: nil)))
    }
    if let bool = Bool(text) {
      values.append(
        ColumnVector(
          type: .bool, count: 1, validity: nil, values: .bool(Bitmap(repeating: bool, count: 1))))
    }
    if let time = Timestamp(parsing: text) {
      values.append(
        ColumnVector(
          type: .timestamp, count: 1, validity: nil, values: .int64([time.microseconds])))
    }
    values.append(vector(of: Array(text.utf8), as: .string))
    if ["{", "["].contains(text.first) { values.append(vector(of: Array(text.utf8), as: .json)) }
    return values.map { Array(KeyIdentities(columns: [$0], count: 1)[0]) }
  }

  private static func identity(of text: [UInt8], as type: ColumnType) -> [UInt8] {
    Array(KeyIdentities(columns: [vector(of: text, as: type)], count: 1)[0])
  }

  private static func vector(of text: [UInt8], as type: ColumnType) -> ColumnVector {
    var words = TextValues()
    words.append(text)
    return ColumnVector(type: type, count: 1, validity: nil, values: .text(words))
  }
}
