import Columns
import Model

/// A column of a file that is being written: one for each column of ours, or for each leaf of a
/// nested one.
struct ParquetWrittenLeaf: Sendable {
  /// The names of the fields that lead to it.
  let path: [String]
  let type: ColumnType
  /// The width of floats.
  var element = VectorForm.Element.f64

  /// The names of the group that repeats a list's elements, and of an element
  /// (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists).
  static let listName = "list"
  static let elementName = "element"

  /// The leaves of all columns, in the order of the file.
  static func leaves(_ columns: [ColumnDefinition], _ shapes: [ValueShape?]) -> [ParquetWrittenLeaf]
  {
    var leaves: [ParquetWrittenLeaf] = []
    for (column, shape) in zip(columns, shapes) {
      guard let shape else {
        leaves.append(ParquetWrittenLeaf(path: [column.name], type: column.type))
        continue
      }
      append(shape, [column.name], to: &leaves)
      if let form = column.type.vectorForm { leaves[leaves.count - 1].element = form.element }
    }
    return leaves
  }

  private static func append(
    _ shape: ValueShape, _ path: [String], to leaves: inout [ParquetWrittenLeaf]
  ) {
    switch shape {
    case .list(let element): append(element, path + [listName, elementName], to: &leaves)
    case .structure(let members):
      for member in members { append(member.shape, path + [member.name], to: &leaves) }
    default:
      leaves.append(ParquetWrittenLeaf(path: path, type: shape.leafType ?? .string))
    }
  }
}

/// The entries of one leaf of a nested column: levels, and the values of those that have one
/// (https://github.com/apache/parquet-format/blob/master/README.md#nested-encoding).
struct ParquetWrittenEntries: Sendable {
  private(set) var repetitions: [UInt32] = []
  private(set) var definitions: [UInt32] = []
  /// The greatest levels.
  private(set) var mostRepetition = 0
  private(set) var mostDefinition = 0
  /// The leaf's values, nulls among them.
  private(set) var values = ColumnVector.nulls(.string, count: 0)

  /// The entries of all leaves below `array`, in the order of the file.
  static func leaves(of array: NestedArray) -> [ParquetWrittenEntries] {
    paths(below: array).map { path in
      var entries = ParquetWrittenEntries()
      entries.measure(array, path[...], 0, 0)
      for row in 0..<array.count { entries.walk(array, row, path[...], 0, 0, 0) }
      return entries
    }
  }

  /// For each leaf the members to take, from the outermost structure on.
  private static func paths(below array: NestedArray) -> [[Int]] {
    switch array.content {
    case .leaf: [[]]
    case .list(_, let elements): paths(below: elements)
    case .structure(let members):
      members.enumerated().flatMap { index, member in paths(below: member).map { [index] + $0 } }
    }
  }

  private mutating func measure(
    _ array: NestedArray, _ path: ArraySlice<Int>, _ repetition: Int, _ definition: Int
  ) {
    switch array.content {
    case .leaf(let values):
      self.values = values
      (mostRepetition, mostDefinition) = (repetition, definition + 1)
    case .list(_, let elements): measure(elements, path, repetition + 1, definition + 2)
    case .structure(let members):
      measure(members[path[path.startIndex]], path.dropFirst(), repetition, definition + 1)
    }
  }

  /// Adds the entries of value `index` of `array`: the first has the level `repetition`, `depth`
  /// lists and `definition` levels are above.
  private mutating func walk(
    _ array: NestedArray, _ index: Int, _ path: ArraySlice<Int>, _ repetition: UInt32,
    _ definition: UInt32, _ depth: UInt32
  ) {
    guard array.hasValue(index) else {
      add(repetition, definition)
      return
    }
    switch array.content {
    case .leaf: add(repetition, definition + 1)
    case .structure(let members):
      walk(
        members[path[path.startIndex]], index, path.dropFirst(), repetition, definition + 1, depth)
    case .list(let offsets, let elements):
      let places = Int(offsets[index])..<Int(offsets[index + 1])
      if places.isEmpty { add(repetition, definition + 1) }
      for place in places {
        let level = place == places.lowerBound ? repetition : depth + 1
        walk(elements, place, path, level, definition + 2, depth + 1)
      }
    }
  }

  private mutating func add(_ repetition: UInt32, _ definition: UInt32) {
    repetitions.append(repetition)
    definitions.append(definition)
  }
}
