import Columns
package import Formats
package import Model

extension Snapshot {
  /// Writes all rows as JSON, an object a line; row groups are read and texts made on all cores.
  /// - Throws: ``StoreError``: `corrupt` for damaged data, or what the sink throws.
  package func writeJSONLines(
    to sink: ByteSink, columns: [Int]? = nil, nulls: Bool = false,
    progress: (Int) -> Void = { _ in }
  ) throws(StoreError) {
    let positions = columns ?? Array(schema.columns.indices)
    let definitions = positions.map { schema.columns[$0] }
    let rowsPerPiece = 2048
    var done = 0
    var start = 0
    while start < manifest.groups.count {
      // As many groups as hold 32,768 rows at most, and at least one.
      var end = start + 1
      var rows = manifest.groups[start].rows
      while end < manifest.groups.count, rows + manifest.groups[end].rows <= 32_768 {
        rows += manifest.groups[end].rows
        end += 1
      }
      let batches = try self.batches(groups: start..<end, columns: positions)
      var pieces: [(batch: Int, rows: Range<Int>)] = []
      for (index, batch) in batches.enumerated() {
        for first in stride(from: 0, to: batch.count, by: rowsPerPiece) {
          pieces.append((index, first..<min(batch.count, first + rowsPerPiece)))
        }
      }
      let work = pieces
      let texts = try parallelMap(count: work.count) { index throws(StoreError) -> [UInt8] in
        var writer = JSONWriter(columns: definitions, style: .lines, nulls: nulls)
        var out: [UInt8] = []
        writer.append(batches[work[index].batch], rows: work[index].rows, to: &out)
        writer.finish(to: &out)
        return out
      }
      for text in texts { try sink.write(text) }
      done += rows
      progress(done)
      start = end
    }
  }
}
