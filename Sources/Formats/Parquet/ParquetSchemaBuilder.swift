import Model

/// Makes the tree of a schema of its flat list.
struct ParquetSchemaBuilder {
  /// The greatest depth of nested fields.
  private static let depthLimit = 64
  /// The greatest length of values of fixed length.
  private static let lengthLimit = 1 << 20

  private let elements: [ParquetElement]
  private var position = 0
  private(set) var leaves: [ParquetLeaf] = []

  /// The levels above a field.
  private struct Levels {
    /// The name of the outermost field.
    var column = ""
    var definition = 0
    var repetition = 0
    var depth = 0
  }

  /// A builder of the schema that `elements` lists, a field before those it holds.
  init(_ elements: [ParquetElement]) { self.elements = elements }

  /// The fields of the file's rows.
  mutating func columns() throws(StoreError) -> [ParquetNode] {
    guard let root = elements.first else { throw ParquetFault.damaged("it has no schema") }
    // Before anything else is read of them, such as their types in Arrow.
    guard root.childCount <= Schema.columnLimit else {
      throw ParquetFault.unsupported(
        "more than \(Schema.columnLimit) columns, the most that a table may have")
    }
    position = 1
    var nodes: [ParquetNode] = []
    for _ in 0..<max(0, root.childCount) {
      guard position < elements.count else { throw ParquetFault.damaged("its schema") }
      nodes.append(try node(below: Levels(column: elements[position].name)))
    }
    guard position == elements.count else { throw ParquetFault.damaged("its schema") }
    return nodes
  }

  /// The next field and all it holds; `asElement` takes one that is repeated as an element of the
  /// list that its repetition makes, which is already counted in `levels`.
  private mutating func node(
    below levels: Levels, asElement: Bool = false
  ) throws(StoreError) -> ParquetNode {
    guard position < elements.count else { throw ParquetFault.damaged("its schema") }
    guard levels.depth < Self.depthLimit else {
      throw ParquetFault.unsupported(
        "fields within more than \(Self.depthLimit) others (a list counts as two)")
    }
    let element = elements[position]
    if element.repetition == .repeated, !asElement {
      var inner = levels
      inner.definition += 1
      inner.repetition += 1
      inner.depth += 1
      let child = try node(below: inner, asElement: true)
      return ParquetNode(
        name: element.name, form: .list, presence: levels.definition, element: inner.definition,
        repetition: inner.repetition, children: [child], leaves: child.leaves)
    }
    position += 1
    var own = levels
    own.depth += 1
    if element.repetition == .optional { own.definition += 1 }
    if let type = element.type, element.childCount == 0 { return try leaf(element, type, own) }
    guard element.childCount > 0, element.childCount <= elements.count - position else {
      throw ParquetFault.damaged("its schema")
    }
    if let list = try annotated(element, own) { return list }
    let first = leaves.count
    var children: [ParquetNode] = []
    for _ in 0..<element.childCount { children.append(try node(below: own)) }
    guard children.map(\.name).textSet.count == children.count else {
      throw ColumnTypes.twinFields(own.column)
    }
    return ParquetNode(
      name: element.name, form: .structure, presence: own.definition, element: 0, repetition: 0,
      children: children, leaves: first..<leaves.count)
  }

  private mutating func leaf(
    _ element: ParquetElement, _ type: ParquetPhysicalType, _ levels: Levels
  ) throws(StoreError) -> ParquetNode {
    if type == .fixedBytes {
      guard element.length >= 1 else {
        throw ParquetFault.damaged("the length of the values of '\(element.name)'")
      }
      guard element.length <= Self.lengthLimit else {
        throw ParquetFault.beyond(
          "values of more than \(Self.lengthLimit) bytes each in '\(element.name)'",
          "write them as bytes of any length")
      }
    }
    leaves.append(
      ParquetLeaf(
        name: levels.column, type: type, length: element.length, logical: element.logical,
        definition: levels.definition, repetition: levels.repetition))
    return ParquetNode(
      name: element.name, form: .leaf, presence: levels.definition, element: 0, repetition: 0,
      children: [], leaves: leaves.count - 1..<leaves.count)
  }

  /// A group that is said to be a list or a map, in the forms that writers give them
  /// (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#nested-types, also
  /// "Backward-compatibility rules"); nil when it is neither.
  private mutating func annotated(
    _ element: ParquetElement, _ levels: Levels
  ) throws(StoreError) -> ParquetNode? {
    guard element.logical == .list || element.logical == .map, element.childCount == 1,
      elements[position].repetition == .repeated
    else { return nil }
    let middle = elements[position]
    let isMap = element.logical == .map
    if isMap, middle.childCount != 2 { return nil }
    var inner = levels
    inner.definition += 1
    inner.repetition += 1
    inner.depth += 1
    let first = leaves.count
    var children: [ParquetNode] = []
    if isMap {
      position += 1
      children = [try node(below: inner), try node(below: inner)]
    } else if middle.childCount == 1, middle.name != "array",
      middle.name != element.name + "_tuple"
    {
      position += 1
      children = [try node(below: inner)]
    } else {
      children = [try node(below: inner, asElement: true)]
    }
    return ParquetNode(
      name: element.name, form: isMap ? .map : .list, presence: levels.definition,
      element: inner.definition, repetition: inner.repetition, children: children,
      leaves: first..<leaves.count)
  }
}
