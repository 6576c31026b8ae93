import Columns
import Model

/// Values at one place of a nested column, laid out as Apache Arrow lays out lists and structures.
struct NestedArray: Sendable {
  /// The content of the values.
  indirect enum Content: Sendable {
    /// Values that are not nested, nulls where the array has some.
    case leaf(ColumnVector)
    /// The start and end of each list among the elements.
    case list(offsets: [Int32], elements: NestedArray)
    /// The values of each member, as many as there are structures.
    case structure([NestedArray])
  }

  let count: Int
  /// The values that are not null; nil when all are.
  let validity: Bitmap?
  let content: Content

  /// Returns true when value `index` is not null.
  func hasValue(_ index: Int) -> Bool { validity?[index] ?? true }
}

extension ValueShape {
  /// The type of a leaf's values; nil for lists and structures.
  ///
  /// Without any value it is text.
  var leafType: ColumnType? {
    switch self {
    case .bool: .bool
    case .int64: .int64
    case .float64, .number: .float64
    case .string, .null: .string
    case .list, .structure: nil
    }
  }

  /// The shape as it stands in a file's metadata, with the name of its column.
  static func metadata(_ columns: [ColumnDefinition], _ shapes: [ValueShape?]) -> String? {
    var pairs: [JSON] = []
    for (column, shape) in zip(columns, shapes) {
      guard let shape, shape.isSpelled else { continue }
      pairs.append(.array([.string(column.name), .string(shape.description)]))
    }
    return pairs.isEmpty ? nil : String(decoding: JSON.array(pairs).canonicalBytes, as: UTF8.self)
  }

  /// The shapes that a file's metadata names for columns; none when it cannot be read.
  static func named(inMetadata text: String) -> [(name: String, shape: ValueShape)] {
    let pairs = JSON(canonical: Array(text.utf8))?.array ?? []
    return pairs.compactMap { pair in
      guard let parts = pair.array, parts.count == 2, let name = parts[0].string,
        let shape = parts[1].string.flatMap(ValueShape.init(parsing:))
      else { return nil }
      return (name, shape)
    }
  }

  /// The key under which a file's metadata has ``metadata(_:_:)``.
  static let metadataKey = "assay.shapes"
}
