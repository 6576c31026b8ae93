import Model

/// A run of rows of a file (parquet.thrift, `RowGroup`).
struct ParquetRowGroup: Sendable {
  /// One for each leaf of the schema.
  var chunks: [ParquetChunk] = []
  var rowCount = 0

  /// Reads one row group of a file of `fileCount` bytes.
  init(_ thrift: inout ThriftReader, leaves: Int, fileCount: Int) throws(StoreError) {
    var last = 0
    while let field = try thrift.field(after: &last) {
      switch field.id {
      case 1:
        let count = try thrift.structures(field)
        guard count == leaves else { throw ParquetFault.damaged("a row group lacks columns") }
        chunks.reserveCapacity(count)
        for _ in 0..<count { chunks.append(try ParquetChunk(&thrift, fileCount: fileCount)) }
      case 3: rowCount = try thrift.integer(field)
      default: try thrift.skip(field)
      }
    }
    guard chunks.count == leaves, rowCount >= 0 else {
      throw ParquetFault.damaged("a row group")
    }
  }
}
