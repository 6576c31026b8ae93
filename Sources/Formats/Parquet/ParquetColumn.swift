import Columns
import Model

/// One column of ours and the columns of the file that it is made of.
struct ParquetColumn: Sendable {
  let definition: ColumnDefinition
  private let node: ParquetNode
  private let conversions: [ParquetConversion]
  /// Whether its values are lists or structures.
  let isNested: Bool
  /// Whether the values are put together as JSON.
  private let isAssembled: Bool

  /// The column of `node`.
  /// - Parameters:
  ///   - leaves: Those of the whole file.
  ///   - wanted: The type that it is to have, instead of its own.
  ///   - isBase64: Whether its bytes are to be Base64 text.
  ///   - isFile: Whether Assay wrote it as a `file` column.
  /// - Throws: ``StoreError`` of kind `invalid` for a type that is not supported.
  init(
    _ node: ParquetNode, _ leaves: [ParquetLeaf], wanted: ColumnType?, isBase64: Bool, isFile: Bool
  ) throws(StoreError) {
    self.node = node
    isNested =
      switch node.form {
      case .leaf, .map: false
      case .list, .structure: true
      }
    let isNested = if case .leaf = node.form { false } else { true }
    var conversions: [ParquetConversion] = []
    for leaf in node.leaves {
      let wish = ParquetConversion.Wish(
        asText: !isNested && wanted == .string, asBase64: isBase64,
        isNamed: isBase64 || wanted != nil, isNested: isNested)
      conversions.append(try ParquetConversion(leaves[leaf], wish))
    }
    self.conversions = conversions
    var natural = isNested ? .json : conversions[0].type
    if isFile, natural == .json { natural = .file }
    isAssembled = isNested || (wanted == .json && conversions[0].type != .json)
    definition = ColumnDefinition(name: node.name, type: wanted ?? natural)
  }

  /// The columns of the file that it is made of.
  var leaves: Range<Int> { node.leaves }

  /// The values of `rows` rows, whose entries are those of ``leaves``; `marks` tells which numbers
  /// were written as integers, one bit for each that is not null.
  func vector(
    _ entries: [ParquetEntries], rows: Int, marks: Bitmap?
  ) throws(StoreError) -> ColumnVector {
    if isAssembled {
      var texts: [ParquetLeafText] = []
      for (entries, conversion) in zip(entries, conversions) {
        texts.append(try ParquetLeafText(entries, conversion))
      }
      var assembler = ParquetAssembler(node, texts, conversions)
      return try ColumnTypes.retyped(assembler.vector(rows: rows), to: definition.type)
    }
    var dense = try conversions[0].vector(entries[0].scalars)
    if let marks, case .float64(let floats, _) = dense.values, marks.count == dense.count {
      dense = ColumnVector(
        type: .float64, count: dense.count, validity: nil,
        values: .float64(floats, integral: marks.setCount == 0 ? nil : marks))
    }
    let most = UInt32(conversions[0].leaf.definition)
    let vector =
      entries[0].definitions.isEmpty
      ? dense : ParquetVectors.scatter(dense, entries[0].definitions.map { $0 == most })
    return try ColumnTypes.retyped(vector, to: definition.type)
  }
}
