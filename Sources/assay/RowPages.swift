import Columns
import Model
import Store

/// The rows of a snapshot in pages of a few row groups, so that memory stays bounded.
struct RowPages {
  private let snapshot: Snapshot
  /// Positions of the columns in the snapshot's schema.
  private let columns: [Int]

  /// Row groups of a page: enough to keep all cores busy.
  private static let pageGroups = 8

  /// Pages with the columns at `columns`.
  init(_ snapshot: Snapshot, columns: [Int]) {
    self.snapshot = snapshot
    self.columns = columns
  }

  /// Calls `body` with the first `limit` rows, page by page.
  func forEach(
    limit: Int?, _ body: ([RowBatch]) throws(StoreError) -> Void
  ) throws(StoreError) {
    var left = limit ?? Int.max
    let groups = snapshot.manifest.groups
    var start = 0
    while start < groups.count, left > 0 {
      var end = start
      var rows = 0
      while end < groups.count, end - start < Self.pageGroups, rows < left {
        rows += groups[end].rows
        end += 1
      }
      var batches = try snapshot.batches(groups: start..<end, columns: columns)
      if rows > left, let last = batches.popLast() {
        batches.append(last.slice(0..<last.count - (rows - left)))
      }
      try body(batches)
      left -= min(rows, left)
      start = end
    }
  }

  /// Calls `body` with the rows at `positions`, which ascend; row groups without any are not read.
  func forEach(
    at positions: [Int], _ body: ([RowBatch]) throws(StoreError) -> Void
  ) throws(StoreError) {
    var next = 0
    var firstRow = 0
    for (index, group) in snapshot.manifest.groups.enumerated() {
      var runs: [RowRun] = []
      while next < positions.count, positions[next] < firstRow + group.rows {
        let row = Int32(positions[next] - firstRow)
        if let last = runs.last, last.start + last.count == row {
          runs[runs.count - 1].count += 1
        } else {
          runs.append(RowRun(source: 0, start: row, count: 1))
        }
        next += 1
      }
      firstRow += group.rows
      guard !runs.isEmpty else { continue }
      let batch = try snapshot.batches(groups: index..<index + 1, columns: columns)[0]
      try body([batch.gather(runs)])
    }
  }
}

extension RowBatch {
  /// The rows of `range`.
  fileprivate func slice(_ range: Range<Int>) -> RowBatch {
    RowBatch(columns: columns, vectors: vectors.map { $0.slice(range) }, count: range.count)
  }

  /// The rows of `runs`, all of source 0.
  fileprivate func gather(_ runs: [RowRun]) -> RowBatch {
    let vectors = vectors.map { ColumnVector.gather(runs, from: [$0], type: $0.type) }
    let count = runs.reduce(0) { $0 + Int($1.count) }
    return RowBatch(columns: columns, vectors: vectors, count: count)
  }
}
