import Columns
import Model

/// Puts the columns below one field together as a JSON value a row.
///
/// A structure is an object with every field, null ones too; a list an array; a map with texts for
/// keys an object, any other map an array of objects with `key` and `value`.
struct ParquetAssembler {
  private let root: ParquetNode
  private let firstLeaf: Int
  private var leaves: [ParquetLeafText]
  private var text: [UInt8] = []
  private var hasTextKeys: [Int: Bool] = [:]

  /// An assembler of `root`, whose columns have `leaves`.
  init(_ root: ParquetNode, _ leaves: [ParquetLeafText], _ conversions: [ParquetConversion]) {
    self.root = root
    self.leaves = leaves
    firstLeaf = root.leaves.lowerBound
    for (index, conversion) in conversions.enumerated() {
      hasTextKeys[firstLeaf + index] = conversion.type == .string
    }
  }

  /// The values of all `rows` rows.
  mutating func vector(rows: Int) throws(StoreError) -> ColumnVector {
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(rows + 1)
    var validity = Bitmap(repeating: true, count: rows)
    for row in 0..<rows {
      let isNull = try leaves[0].definition() < root.presence
      if isNull {
        validity[row] = false
        try skip(root)
      } else {
        try append(root)
      }
      guard text.count <= ParquetScalars.textLimit else {
        throw .requestLimit(
          "a single row takes more than 256 MiB as JSON: leave the column out")
      }
      offsets.append(UInt32(text.count))
    }
    for leaf in leaves where !leaf.isAtEnd {
      throw ParquetFault.damaged("columns of different lengths")
    }
    return ColumnVector(
      type: .json, count: rows, validity: validity,
      values: .text(TextValues(offsets: offsets, bytes: text)))
  }

  private mutating func skip(_ node: ParquetNode) throws(StoreError) {
    for leaf in node.leaves { try leaves[leaf - firstLeaf].skip() }
  }

  private mutating func append(_ node: ParquetNode) throws(StoreError) {
    let first = node.leaves.lowerBound - firstLeaf
    guard try leaves[first].definition() >= node.presence else {
      text.append(contentsOf: "null".utf8)
      try skip(node)
      return
    }
    switch node.form {
    case .leaf: try leaves[first].append(to: &text)
    case .structure:
      text.append(UInt8(ascii: "{"))
      for (index, child) in node.children.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        JSONText.append(child.name, to: &text)
        text.append(UInt8(ascii: ":"))
        try append(child)
      }
      text.append(UInt8(ascii: "}"))
    case .list:
      try appendElements(node, "[", "]") { (assembler, node) throws(StoreError) in
        try assembler.append(node.children[0])
      }
    case .map: try appendMap(node)
    }
  }

  private mutating func appendMap(_ node: ParquetNode) throws(StoreError) {
    guard case .leaf = node.children[0].form, hasTextKeys[node.leaves.lowerBound] == true else {
      try appendElements(node, "[", "]") { (assembler, node) throws(StoreError) in
        assembler.text.append(contentsOf: "{\"key\":".utf8)
        try assembler.append(node.children[0])
        assembler.text.append(contentsOf: ",\"value\":".utf8)
        try assembler.append(node.children[1])
        assembler.text.append(UInt8(ascii: "}"))
      }
      return
    }
    var keys: Set<[UInt8]> = []
    try appendElements(node, "{", "}") { (assembler, node) throws(StoreError) in
      let start = assembler.text.count
      try assembler.append(node.children[0])
      let key = Array(assembler.text[start...])
      guard key.first == UInt8(ascii: "\""), keys.insert(key).inserted else {
        throw StoreError(
          .invalid, "a map has the same key twice, or none: JSON has no such object")
      }
      assembler.text.append(UInt8(ascii: ":"))
      try assembler.append(node.children[1])
    }
  }

  /// Appends what `body` appends for each element of a list or a map.
  private mutating func appendElements(
    _ node: ParquetNode, _ open: Unicode.Scalar, _ close: Unicode.Scalar,
    _ body: (inout ParquetAssembler, ParquetNode) throws(StoreError) -> Void
  ) throws(StoreError) {
    let first = node.leaves.lowerBound - firstLeaf
    text.append(UInt8(ascii: open))
    if try leaves[first].definition() < node.element {
      try skip(node)
    } else {
      try body(&self, node)
      while leaves[first].repetition == node.repetition {
        text.append(UInt8(ascii: ","))
        try body(&self, node)
      }
    }
    text.append(UInt8(ascii: close))
  }
}
