import Model

/// One data page: its levels and values, and how much of them is left.
struct ParquetPage: Sendable {
  var repetitions: ParquetLevels
  var definitions: ParquetLevels
  var values: ParquetPageValues
  /// Entries (values and nulls) that were not read yet.
  var left: Int
  /// Repetition levels read ahead, which show where a row begins; only for columns within lists.
  var pending: [UInt32] = []

  /// The page that `header` stands before; `body` is what follows it.
  init(
    _ header: ParquetPageHeader, _ body: ArraySlice<UInt8>, _ leaf: ParquetLeaf,
    _ compression: ParquetCompression
  ) throws(StoreError) {
    left = header.valueCount
    if header.kind == .dataV2 {
      let levelBytes = header.repetitionBytes + header.definitionBytes
      guard levelBytes <= body.count, levelBytes <= header.plainCount else {
        throw ParquetFault.damaged("a page's header")
      }
      let middle = header.repetitionBytes
      let levels = Array(body.prefix(levelBytes))
      let rest = body.dropFirst(levelBytes)
      let isCompressed = header.isCompressed && !rest.isEmpty
      let bytes = try (isCompressed ? compression : .none).decode(
        rest, count: isCompressed ? header.plainCount - levelBytes : rest.count)
      repetitions = try ParquetLevels(levels, 0..<middle, most: leaf.repetition)
      definitions = try ParquetLevels(levels, middle..<levelBytes, most: leaf.definition)
      values = try ParquetPageValues(
        bytes, 0..<bytes.count, encoding: header.encoding, leaf: leaf, most: header.valueCount)
      return
    }
    let bytes = try compression.decode(body, count: header.plainCount)
    var position = 0
    if leaf.repetition > 0, header.repetitionEncoding != .rle {
      throw ParquetFault.unsupported("levels in the deprecated encoding BIT_PACKED")
    }
    if leaf.definition > 0, header.definitionEncoding != .rle {
      throw ParquetFault.unsupported("levels in the deprecated encoding BIT_PACKED")
    }
    let first = try Self.levels(bytes, leaf.repetition, &position)
    let second = try Self.levels(bytes, leaf.definition, &position)
    repetitions = try ParquetLevels(bytes, first, most: leaf.repetition)
    definitions = try ParquetLevels(bytes, second, most: leaf.definition)
    values = try ParquetPageValues(
      bytes, position..<bytes.count, encoding: header.encoding, leaf: leaf,
      most: header.valueCount)
  }

  /// The range of levels that have their length before them.
  private static func levels(
    _ bytes: [UInt8], _ most: Int, _ position: inout Int
  ) throws(StoreError) -> Range<Int> {
    guard most > 0 else { return position..<position }
    guard bytes.count - position >= 4 else { throw ParquetFault.damaged("the levels of a page") }
    let length = (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << ($1 * 8) }
    let start = position + 4
    guard length <= bytes.count - start else { throw ParquetFault.damaged("the levels of a page") }
    position = start + length
    return start..<position
  }
}
