package import Columns
package import Model
import Platform

/// Writes rows as an Apache Parquet file (https://parquet.apache.org/docs/file-format/).
///
/// Row groups of at most 131,072 rows or some 64 MiB, pages compressed with zstd and checksummed,
/// dictionaries for texts that repeat, statistics of each column chunk. Any reader finds ordinary
/// columns: a `json` column whose values share a shape has lists and structures, others and `file`
/// columns are texts marked as JSON, timestamps microseconds in UTC. What
/// Parquet has no word for stands in metadata that ``ParquetReader`` knows, so that a round trip
/// loses nothing.
package struct ParquetWriter: Sendable {
  /// The most rows and about the most bytes of a row group.
  private static let groupRows = 131_072
  private static let groupBytes = 64 << 20

  private let columns: [ColumnDefinition]
  private let shapes: [ValueShape?]
  private var pending: [(batch: RowBatch, rows: Range<Int>)] = []
  private var pendingRows = 0
  private var pendingBytes = 0
  private var groups: [ParquetWrittenGroup] = []
  /// The number of bytes written so far.
  private var offset = 0

  /// A writer of rows with `columns`, whose values have `shapes`; without any, all are flat.
  package init(columns: [ColumnDefinition], shapes: [ValueShape?]? = nil) {
    self.columns = columns
    let known = shapes ?? [ValueShape?](repeating: nil, count: columns.count)
    self.shapes = zip(columns, known).map { $0.type.vectorForm == nil ? $1 : .list(.float64) }
  }

  /// Takes `rows` of `batch` and appends the bytes of every row group that is full.
  ///
  /// The batch has the columns of the writer, and is held until its row group is written.
  /// - Throws: ``StoreError`` of kind `exhausted` when there is no memory, or a text is too long.
  package mutating func append(
    _ batch: RowBatch, rows: Range<Int>, to out: inout [UInt8]
  ) throws(StoreError) {
    precondition(batch.vectors.count == columns.count, "a batch has the columns of its writer")
    let size = batch.vectors.reduce(0) { $0 + $1.memoryBytes }
    let rowBytes = size / max(1, batch.count)
    var start = rows.lowerBound
    while start < rows.upperBound {
      let byBytes = max(1, (Self.groupBytes - pendingBytes) / max(1, rowBytes))
      let count = min(rows.upperBound - start, Self.groupRows - pendingRows, byBytes)
      pending.append((batch, start..<start + count))
      start += count
      pendingRows += count
      pendingBytes += count * rowBytes
      if pendingRows >= Self.groupRows || pendingBytes >= Self.groupBytes {
        try writeGroup(to: &out)
      }
    }
  }

  /// Appends the last row group and the footer; nothing may follow.
  /// - Throws: ``StoreError`` of kind `exhausted`, as ``append(_:rows:to:)``.
  package mutating func finish(to out: inout [UInt8]) throws(StoreError) {
    if pendingRows > 0 { try writeGroup(to: &out) }
    writeMagic(to: &out)
    let footer = ParquetFooterText.bytes(columns: columns, shapes: shapes, groups: groups)
    out.append(contentsOf: footer)
    out.append(littleEndian: UInt32(footer.count))
    out.append(contentsOf: ParquetFooterText.magic)
  }

  private mutating func writeMagic(to out: inout [UInt8]) {
    guard offset == 0 else { return }
    out.append(contentsOf: ParquetFooterText.magic)
    offset = ParquetFooterText.magic.count
  }

  /// Writes the pending rows as one row group, its columns on all cores.
  private mutating func writeGroup(to out: inout [UInt8]) throws(StoreError) {
    writeMagic(to: &out)
    let (columns, shapes, work) = (columns, shapes, pending)
    let chunks = try parallelMap(count: columns.count) { () throws(StoreError) in
      try ParquetChunkEncoder()
    } _: { (encoder: inout ParquetChunkEncoder, index) throws(StoreError) in
      let pieces = work.map { ParquetColumnPiece(vector: $0.batch.vectors[index], rows: $0.rows) }
      guard let shape = shapes[index] else {
        return [try encoder.encode(pieces, type: columns[index].type)]
      }
      if let form = columns[index].type.vectorForm {
        return try encoder.encode(NestedBuilder.array(pieces, form), form.element)
      }
      return try encoder.encode(try NestedBuilder.array(pieces, shape))
    }
    var group = ParquetWrittenGroup(rowCount: pendingRows, chunks: [])
    for chunk in chunks.joined() {
      out.append(contentsOf: chunk.bytes)
      group.chunks.append(ParquetWrittenGroup.Chunk(of: chunk, at: offset))
      offset += chunk.bytes.count
    }
    groups.append(group)
    pending = []
    pendingRows = 0
    pendingBytes = 0
  }
}
