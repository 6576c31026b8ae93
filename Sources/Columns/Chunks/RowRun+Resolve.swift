package import Model

extension RowRun {
  /// The source of each row of a chain's newest chunk, as runs over the levels' values.
  ///
  /// `scripts` goes from the newest chunk to the oldest delta; source i of a run is the new rows of
  /// `scripts[i]`, source `scripts.count` the values of the whole chunk at the end, of `baseRows`
  /// rows.
  /// - Throws: ``StoreError`` of kind `corrupt` when a script reaches past the rows below it.
  package static func resolve(
    _ scripts: [RowScript], baseRows: Int
  ) throws(StoreError) -> [RowRun] {
    var runs =
      baseRows > 0
      ? [RowRun(source: Int32(scripts.count), start: 0, count: Int32(baseRows))] : []
    var rows = baseRows
    for level in scripts.indices.reversed() {
      let script = scripts[level]
      try script.check(baseRows: rows)
      runs = apply(script, to: runs, level: Int32(level))
      rows = script.rows
    }
    return runs
  }

  private static func apply(
    _ script: RowScript, to older: [RowRun], level: Int32
  ) -> [RowRun] {
    var starts: [Int32] = []
    starts.reserveCapacity(older.count)
    var row: Int32 = 0
    for run in older {
      starts.append(row)
      row += run.count
    }
    var runs: [RowRun] = []
    runs.reserveCapacity(older.count + script.pieces.count)
    for piece in script.pieces {
      guard !piece.isNew else {
        runs.append(RowRun(source: level, start: piece.start, count: piece.count))
        continue
      }
      var row = piece.start
      let end = piece.start + piece.count
      var index = starts.pieceIndex(at: row)
      while row < end {
        let source = older[index]
        let offset = row - starts[index]
        let count = min(source.count - offset, end - row)
        runs.append(RowRun(source: source.source, start: source.start + offset, count: count))
        row += count
        index += 1
      }
    }
    return runs
  }
}
