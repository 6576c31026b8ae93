/// The footer's description of a row group that was written.
struct ParquetWrittenGroup: Sendable {
  /// The description of one column of the group.
  struct Chunk: Sendable {
    /// The chunk without its bytes, which are written.
    let facts: ParquetChunkBytes
    let byteCount: Int
    /// The offset of the chunk in the file.
    let offset: Int

    /// The facts of a chunk whose bytes stand at `offset`.
    init(of chunk: ParquetChunkBytes, at offset: Int) {
      byteCount = chunk.bytes.count
      var facts = chunk
      facts.bytes = []
      self.facts = facts
      self.offset = offset
    }
  }

  let rowCount: Int
  var chunks: [Chunk]
}
