package import Columns
package import Model
import Platform

/// Writes rows as an Apache Arrow file (Feather version 2), to be mapped and read in place
/// (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format).
///
/// Record batches of at most 65,536 rows, buffers aligned to 64 bytes and, unless asked otherwise,
/// not compressed. A `json` column whose values share a shape has lists and structures; others
/// of `json` and `file` are texts marked with the extension type `arrow.json`;
/// timestamps are microseconds in UTC. What Arrow has no word for stands in metadata that
/// ``ArrowReader`` knows, so that a round trip loses nothing.
package struct ArrowWriter: Sendable {
  private static let batchRows = 65_536
  /// The most bytes of text in a column of a batch, whose offsets have 32 bits and a sign.
  private static let textBytes = Int(Int32.max)

  private let columns: [ColumnDefinition]
  private let shapes: [ValueShape?]
  private let compression: ArrowCompression?
  /// The block of each record batch: its offset, and the lengths of its metadata and its body.
  private var blocks: [Int64] = []
  /// The number of bytes written so far.
  private var offset = 0

  /// A writer of rows with `columns`, whose values have `shapes` and whose buffers `compression`;
  /// without shapes, all values are flat.
  package init(
    columns: [ColumnDefinition], shapes: [ValueShape?]? = nil, compression: ArrowCompression? = nil
  ) {
    self.columns = columns
    self.shapes = shapes ?? [ValueShape?](repeating: nil, count: columns.count)
    self.compression = compression
  }

  /// Appends `rows` of `batch`, whose columns are those of the writer, as record batches.
  /// - Throws: ``StoreError`` of kind `exhausted` when there is no memory.
  package mutating func append(
    _ batch: RowBatch, rows: Range<Int>, to out: inout [UInt8]
  ) throws(StoreError) {
    precondition(batch.vectors.count == columns.count, "a batch has the columns of its writer")
    appendHead(to: &out)
    var rest = rows
    while !rest.isEmpty {
      var run = rest.prefix(Self.batchRows)
      while run.count > 1, batch.vectors.contains(where: { $0.textBytes(run) > Self.textBytes }) {
        run = run.prefix(run.count / 2)
      }
      try appendBatch(batch, run, to: &out)
      rest = run.upperBound..<rest.upperBound
    }
  }

  /// Appends the footer; nothing may follow.
  package mutating func finish(to out: inout [UInt8]) {
    appendHead(to: &out)
    // The end of the stream that the file holds.
    out.append(littleEndian: UInt32.max)
    out.append(littleEndian: UInt32(0))
    let footer = ArrowMetadata.footer(columns, shapes, blocks: blocks)
    out.append(contentsOf: footer)
    out.append(littleEndian: Int32(footer.count))
    out.append(contentsOf: ArrowInput.magic)
  }

  /// Appends the magic number and the schema, once.
  private mutating func appendHead(to out: inout [UInt8]) {
    guard offset == 0 else { return }
    let start = out.count
    out.append(contentsOf: ArrowInput.magic + [0, 0])
    Self.append(ArrowMetadata.schema(columns, shapes), at: 8, to: &out)
    offset = out.count - start
  }

  private mutating func appendBatch(
    _ batch: RowBatch, _ rows: Range<Int>, to out: inout [UInt8]
  ) throws(StoreError) {
    var marks: [(String, String)] = []
    for (index, vector) in batch.vectors.enumerated() {
      guard case .float64(_, let integral?) = vector.values else { continue }
      let validity = vector.validity.map { $0.slice(rows) }
      guard let text = try ArrowIntegralMarks.text(integral.slice(rows), validity: validity)
      else { continue }
      marks.append(("\(ArrowIntegralMarks.keyPrefix)\(index)", text))
    }
    let (compression, shapes) = (compression, shapes)
    let work = batch.vectors
    let nested = try parallelMap(count: work.count) {
      (index) throws(StoreError) -> ArrowNestedBuffers? in
      if let form = work[index].type.vectorForm {
        return ArrowNestedBuffers(work[index], rows, form)
      }
      return try shapes[index].map { shape throws(StoreError) in
        ArrowNestedBuffers(
          try NestedBuilder.array([ParquetColumnPiece(vector: work[index], rows: rows)], shape))
      }
    }
    let packed: [[[UInt8]]]? =
      if let compression {
        try parallelMap(count: work.count) { index throws(StoreError) in
          (nested[index]?.buffers ?? ArrowColumnBuffers(work[index], rows).bytes())
            .map { compression.encode($0) }
        }
      } else { nil }
    var layout = ArrowBatchLayout(rowCount: rows.count, compression: compression, marks: marks)
    for (index, vector) in work.enumerated() {
      if let nested = nested[index] {
        layout.add(nested.nodes, sizes: (packed?[index] ?? nested.buffers).map(\.count))
        continue
      }
      let buffers = ArrowColumnBuffers(vector, rows)
      layout.add(
        [(rows.count, buffers.nullCount)], sizes: packed?[index].map(\.count) ?? buffers.sizes)
    }
    let start = out.count
    Self.append(ArrowMetadata.batch(layout), at: offset, to: &out)
    let metadata = out.count - start
    out.reserveCapacity(out.count + layout.byteCount + 1024)
    for (index, vector) in work.enumerated() {
      if let buffers = packed?[index] ?? nested[index]?.buffers {
        for buffer in buffers {
          out.append(contentsOf: buffer)
          out.appendPadding(buffer.count)
        }
      } else {
        ArrowColumnBuffers(vector, rows).append(to: &out)
      }
    }
    blocks += [Int64(offset), Int64(metadata), Int64(layout.byteCount)]
    offset += out.count - start
  }

  /// Appends a message's metadata so that what follows it begins at a multiple of 64 bytes;
  /// `offset` is where it stands in the file.
  private static func append(_ metadata: [UInt8], at offset: Int, to out: inout [UInt8]) {
    let padding = (64 - (offset + 8 + metadata.count) % 64) % 64
    out.append(littleEndian: UInt32.max)
    out.append(littleEndian: UInt32(metadata.count + padding))
    out.append(contentsOf: metadata)
    out.append(contentsOf: repeatElement(0, count: padding))
  }
}

extension [UInt8] {
  /// Appends zeros so that `count` bytes fill up to a multiple of 64.
  mutating func appendPadding(_ count: Int) {
    append(contentsOf: repeatElement(0, count: (64 - count % 64) % 64))
  }
}
