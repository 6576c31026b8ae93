import Columns
import Model

/// Compares snapshots without a key as multisets of rows: a row that is there more often was added.
struct DiffMultiset {
  let old: DiffSide
  let new: DiffSide
  let columns: [ColumnDefinition]

  init(_ old: DiffSide, _ new: DiffSide, columns: [ColumnDefinition]) {
    self.old = old
    self.new = new
    self.columns = columns
  }

  func run() throws(StoreError) -> DiffRows {
    let decoder = try ChunkDecoder()
    var counts: [[UInt8]: Int] = [:]
    try forEachRow(old, decoder) { content, _ in counts[content, default: 0] += 1 }
    var rows = DiffRows()
    try forEachRow(new, decoder) { content, place in
      if let count = counts[content], count > 0 {
        counts[content] = count - 1
      } else {
        rows.added.append(place)
      }
    }
    try forEachRow(old, decoder) { content, place in
      if let count = counts[content], count > 0 {
        counts[content] = count - 1
        rows.removed.append(place)
      }
    }
    return rows
  }

  private func forEachRow(
    _ side: DiffSide, _ decoder: borrowing ChunkDecoder,
    _ body: ([UInt8], VersionDiff.Place) -> Void
  ) throws(StoreError) {
    for (index, group) in side.groups.enumerated() {
      var vectors: [ColumnVector] = []
      for column in columns { vectors.append(try side.vector(column.name, index, decoder)) }
      let contents = RowKeys(contentOf: vectors, count: group.rows)
      for row in 0..<group.rows {
        body(
          Array(contents.texts.bytes[contents.texts.range(row)]),
          VersionDiff.Place(group: Int32(index), row: Int32(row)))
      }
    }
  }
}
