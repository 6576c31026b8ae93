import CZlib
import Columns
import Model

/// Turns one column of a row group into pages; used by one thread, for one column.
struct ParquetChunkEncoder: ~Copyable {
  private let compressor: Compressor
  private var chunk = ParquetChunkBytes()
  private var present: [Bool] = []
  /// The levels of a leaf of a nested column; nil for a column whose entries are its rows.
  private var levels: ParquetWrittenEntries?
  /// The width of the floats of such a leaf.
  private var element = VectorForm.Element.f64

  /// Rows and about how many bytes go into one page.
  private static let pageRows = 65_536
  private static let pageBytes = 1 << 20

  init() throws(StoreError) { compressor = try Compressor() }

  /// The bytes of `pieces`, in order, as a column of `type`.
  mutating func encode(
    _ pieces: [ParquetColumnPiece], type: ColumnType
  ) throws(StoreError) -> ParquetChunkBytes {
    levels = nil
    present.removeAll(keepingCapacity: true)
    for piece in pieces { piece.appendPresence(to: &present) }
    return try encode(pieces, type)
  }

  /// The bytes of each leaf of `array`, in order; floats have the width of `element`.
  mutating func encode(
    _ array: NestedArray, _ element: VectorForm.Element = .f64
  ) throws(StoreError) -> [ParquetChunkBytes] {
    self.element = element
    var chunks: [ParquetChunkBytes] = []
    for entries in ParquetWrittenEntries.leaves(of: array) {
      levels = entries
      let most = UInt32(entries.mostDefinition)
      present = entries.definitions.map { $0 == most }
      let piece = ParquetColumnPiece(vector: entries.values, rows: 0..<entries.values.count)
      chunks.append(try encode([piece], entries.values.type))
    }
    return chunks
  }

  private mutating func encode(
    _ pieces: [ParquetColumnPiece], _ type: ColumnType
  ) throws(StoreError) -> ParquetChunkBytes {
    chunk = ParquetChunkBytes()
    chunk.rowCount = present.count
    chunk.nullCount = present.reduce(0) { $0 + ($1 ? 0 : 1) }
    switch type {
    case .bool: try encodeBools(pieces)
    case .int64, .timestamp: try encodeIntegers(pieces)
    case .float64: try encodeFloats(pieces)
    case .string, .json, .file, .vector: try encodeTexts(pieces)
    }
    return chunk
  }

  // The pages of a column, one kind of value each.

  private mutating func encodeBools(_ pieces: [ParquetColumnPiece]) throws(StoreError) {
    var values: [Bool] = []
    for piece in pieces {
      guard case .bool(let bits) = piece.vector.values else { continue }
      piece.forEachPresent { values.append(bits[$0]) }
    }
    if !values.isEmpty {
      chunk.bounds = ([values.contains(false) ? 0 : 1], [values.contains(true) ? 1 : 0])
    }
    try writePages { (range, bytes) in
      var byte: UInt8 = 0
      for (index, value) in values[range].enumerated() {
        if value { byte |= 1 << UInt8(index & 7) }
        if index & 7 == 7 {
          bytes.append(byte)
          byte = 0
        }
      }
      if range.count & 7 != 0 { bytes.append(byte) }
    }
  }

  private mutating func encodeIntegers(_ pieces: [ParquetColumnPiece]) throws(StoreError) {
    var values: [Int64] = []
    values.reserveCapacity(present.count - chunk.nullCount)
    for piece in pieces {
      guard case .int64(let integers) = piece.vector.values else { continue }
      if piece.vector.validity == nil {
        values.append(contentsOf: integers[piece.rows])
      } else {
        piece.forEachPresent { values.append(integers[$0]) }
      }
    }
    if let least = values.min(), let most = values.max() {
      chunk.bounds = (Self.bytes(UInt64(bitPattern: least)), Self.bytes(UInt64(bitPattern: most)))
    }
    try writePages { (range, bytes) in
      // The format is little-endian, as is every machine this runs on.
      unsafe values[range].withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
  }

  private mutating func encodeFloats(_ pieces: [ParquetColumnPiece]) throws(StoreError) {
    var values: [Double] = []
    var marks: [Bool] = []
    values.reserveCapacity(present.count - chunk.nullCount)
    let hasMarks = pieces.contains { piece in
      if case .float64(_, integral: .some) = piece.vector.values { true } else { false }
    }
    for piece in pieces {
      guard case .float64(let floats, let integral) = piece.vector.values else { continue }
      piece.forEachPresent { values.append(floats[$0]) }
      if hasMarks { piece.forEachPresent { marks.append(integral?[$0] ?? false) } }
    }
    if hasMarks { chunk.integral = try ParquetIntegralMarks.text(marks, compressor) }
    if levels != nil, element == .f32 {
      let narrow = values.map { Float($0) }
      try writePages { (range, bytes) in
        unsafe narrow[range].withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
      }
      return
    }
    chunk.bounds = Self.bounds(values)
    try writePages { (range, bytes) in
      unsafe values[range].withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
  }

  private mutating func encodeTexts(_ pieces: [ParquetColumnPiece]) throws(StoreError) {
    if let (codes, words) = ParquetTextColumn.dictionary(pieces) {
      chunk.bounds = ParquetTextColumn.bounds(words)
      chunk.hasDictionary = true
      var page: [UInt8] = []
      ParquetTextColumn.append(words, 0..<words.count, to: &page)
      try append(page, kind: .dictionary, values: words.count, encoding: .plain)
      chunk.dataStart = chunk.bytes.count
      let width = ParquetBitPacker.width(most: words.count - 1)
      try writePages(encoding: .rleDictionary) { (range, bytes) in
        bytes.append(UInt8(width))
        ParquetBitPacker.append(codes[range], width: width, to: &bytes)
      }
      return
    }
    let texts = ParquetTextColumn.dense(pieces)
    chunk.bounds = ParquetTextColumn.bounds(texts)
    try writePages(texts: texts) { (range, bytes) in
      ParquetTextColumn.append(texts, range, to: &bytes)
    }
  }

  /// Cuts the rows into pages and writes each: levels, then the values that `body` appends for the
  /// given range of those present.
  private mutating func writePages(
    encoding: ParquetEncoding = .plain, texts: TextValues? = nil,
    _ body: (Range<Int>, inout [UInt8]) -> Void
  ) throws(StoreError) {
    var row = 0
    var value = 0
    while row < present.count {
      let firstRow = row
      let firstValue = value
      let stop = min(present.count, row + Self.pageRows)
      while row < stop || !beginsRow(row) {
        if let texts, value > firstValue, beginsRow(row),
          Int(texts.offsets[value]) - Int(texts.offsets[firstValue]) >= Self.pageBytes
        {
          break
        }
        if present[row] { value += 1 }
        row += 1
      }
      var page: [UInt8] = []
      appendLevels(firstRow..<row, to: &page)
      body(firstValue..<value, &page)
      try append(page, kind: .data, values: row - firstRow, encoding: encoding)
    }
  }

  /// Returns true when the entry at `index` is the first of a row, or there is none.
  private func beginsRow(_ index: Int) -> Bool {
    guard let levels, index < present.count else { return true }
    return levels.repetitions[index] == 0
  }

  private func appendLevels(_ range: Range<Int>, to page: inout [UInt8]) {
    guard let levels else {
      ParquetBitPacker.appendLevels(present[range], to: &page)
      return
    }
    if levels.mostRepetition > 0 {
      ParquetBitPacker.appendLevels(
        levels.repetitions[range], most: levels.mostRepetition, to: &page)
    }
    ParquetBitPacker.appendLevels(levels.definitions[range], most: levels.mostDefinition, to: &page)
  }

  /// Adds a page: its header, then its compressed bytes.
  private mutating func append(
    _ page: [UInt8], kind: ParquetPageKind, values: Int, encoding: ParquetEncoding
  ) throws(StoreError) {
    guard page.count <= Int(Int32.max) else {
      throw StoreError(.exhausted, "a text is too long for a page of a Parquet file")
    }
    let frame = try compressor.frame(page).bytes
    let checksum = unsafe frame.withUnsafeBufferPointer {
      unsafe crc32(0, $0.baseAddress, UInt32($0.count))
    }
    var header = ThriftWriter()
    header.element { header in
      header.integer(1, kind.rawValue)
      header.integer(2, page.count)
      header.integer(3, frame.count)
      header.integer(4, Int(Int32(truncatingIfNeeded: checksum)))
      header.structure(kind == .dictionary ? 7 : 5) { page in
        page.integer(1, values)
        page.integer(2, encoding.rawValue)
        guard kind == .data else { return }
        page.integer(3, ParquetEncoding.rle.rawValue)
        page.integer(4, ParquetEncoding.rle.rawValue)
      }
    }
    chunk.bytes.append(contentsOf: header.bytes)
    chunk.bytes.append(contentsOf: frame)
    chunk.plainCount += header.bytes.count + page.count
  }

  private static func bytes(_ word: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: word)
    return bytes
  }

  /// The bounds of numbers; none where one is not a number, and zeros of either sign lie between
  /// (parquet.thrift, `ColumnOrder`).
  private static func bounds(_ values: [Double]) -> (least: [UInt8], most: [UInt8])? {
    guard var least = values.first else { return nil }
    var most = least
    for value in values {
      if value.isNaN { return nil }
      if value < least { least = value }
      if value > most { most = value }
    }
    if least == 0 { least = -0.0 }
    if most == 0 { most = 0.0 }
    return (bytes(least.bitPattern), bytes(most.bitPattern))
  }
}
