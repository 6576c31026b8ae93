import Columns
import Model

/// One column of ours and the columns of the file that it is made of.
struct ParquetColumn: Sendable {
  let definition: ColumnDefinition
  private let node: ParquetNode
  private let conversions: [ParquetConversion]
  /// True when its values are lists or structures.
  let isNested: Bool
  /// The form of the vectors that lists of floats become.
  private let form: VectorForm?
  /// True when the values are put together as JSON.
  private let isAssembled: Bool

  /// The column of `node`.
  /// - Parameters:
  ///   - leaves: Those of the whole file.
  ///   - wanted: The type that it is to have, instead of its own.
  ///   - isBase64: Whether its bytes are to be Base64 text.
  ///   - known: The type that the file's metadata gives it.
  /// - Throws: ``StoreError`` of kind `invalid` for a type that is not supported.
  init(
    _ node: ParquetNode, _ leaves: [ParquetLeaf], wanted: ColumnType?, isBase64: Bool,
    known: ColumnType?
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
    if known == .file, natural == .json { natural = .file }
    let hasFloatLists =
      if case .list = node.form, case .leaf = node.children[0].form,
        [.float, .double].contains(conversions[0].leaf.type)
      { true } else { false }
    if hasFloatLists, let form = known?.vectorForm { natural = .vector(form) }
    form = hasFloatLists ? (wanted ?? natural).vectorForm : nil
    isAssembled = isNested || (wanted == .json && conversions[0].type != .json)
    definition = ColumnDefinition(name: node.name, type: wanted ?? natural)
  }

  /// The columns of the file that it is made of.
  var leaves: Range<Int> { node.leaves }

  /// The values of `rows` rows, whose entries are those of ``leaves``; `marks` has a bit for each
  /// number that is not null, set when it was written as an integer.
  func vector(
    _ entries: [ParquetEntries], rows: Int, marks: Bitmap?
  ) throws(StoreError) -> ColumnVector {
    if let form { return try vectors(entries[0], rows: rows, form) }
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

  /// Lists of floats as vectors of `form`.
  private func vectors(
    _ entries: ParquetEntries, rows: Int, _ form: VectorForm
  ) throws(StoreError) -> ColumnVector {
    let leaf = conversions[0].leaf
    var floats: [Double] = []
    if case .float64(let values, _) = try conversions[0].vector(entries.scalars).values {
      floats = values
    }
    var texts = TextValues()
    var validity = Bitmap(repeating: true, count: rows)
    var (place, value) = (0, 0)
    for row in 0..<rows {
      let start = place
      repeat { place += 1 } while place < entries.count && entries.repetitions[place] > 0
      guard place <= entries.count else { throw ParquetFault.damaged("a column has too few rows") }
      let levels = entries.definitions.isEmpty ? [] : entries.definitions[start..<place]
      if let first = levels.first, Int(first) < node.presence {
        validity[row] = false
        texts.append([])
        continue
      }
      let isWhole = levels.allSatisfy { Int($0) == leaf.definition }
      let numbers = floats[min(value, floats.count)..<min(value + place - start, floats.count)]
      guard isWhole, numbers.count == form.count, let bytes = VectorText.bytes(numbers, form)
      else { throw StoreError(.invalid, ColumnTypes.misfit(form)) }
      value += numbers.count
      texts.append(bytes)
    }
    return ColumnVector(
      type: .vector(form), count: rows, validity: validity, values: .text(texts))
  }
}
