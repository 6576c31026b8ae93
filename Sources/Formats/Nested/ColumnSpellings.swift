import Columns
import Model

/// The spelling of the JSON text of nested columns, for columns of a file whose lists and
/// structures do not define it.
struct ColumnSpellings: Sendable {
  private let names: [String]
  private let isNested: [Bool]
  private var spellings: [ShapeSpelling?]

  /// The spellings of `columns`, none of which is known; `isNested` says which may have one.
  init(_ columns: [ColumnDefinition], isNested: [Bool]) {
    names = columns.map(\.name)
    self.isNested = isNested
    spellings = [ShapeSpelling?](repeating: nil, count: columns.count)
  }

  /// Spells the column called `name` as values of `shape` are, unless its spelling is known.
  mutating func adopt(_ shape: ValueShape, for name: String) {
    guard let position = names.firstIndex(where: { $0.hasBytes(of: name) }), isNested[position],
      spellings[position] == nil
    else { return }
    spellings[position] = ShapeSpelling(shape)
  }

  /// The values of the column at `position` in their spelling.
  func spelled(_ vector: ColumnVector, at position: Int) -> ColumnVector {
    spellings[position]?.spelled(vector) ?? vector
  }
}
