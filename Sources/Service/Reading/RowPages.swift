import Columns
import Model
import Platform
import Store

/// The rows of a snapshot in pages of a few row groups, so that memory stays bounded.
struct RowPages {
  private let snapshot: Snapshot
  /// Positions of the columns in the snapshot's schema.
  private let columns: [Int]

  /// The number of row groups in a page: enough to keep all cores busy.
  private static let pageGroups = 8
  /// The number of rows in a page of rows from several groups.
  private static let pageRows = 65_536

  /// Pages with the columns at `columns`.
  init(_ snapshot: Snapshot, columns: [Int]) {
    self.snapshot = snapshot
    self.columns = columns
  }

  /// Calls `body` with the rows of `selection`, page by page.
  func forEach(
    _ selection: RowSelection, _ body: ([RowBatch]) throws(StoreError) -> Void
  ) throws(StoreError) {
    switch selection {
    case .range(let rows): try forEach(in: rows, body)
    case .ascending(let positions): try forEach(at: positions, body)
    case .ordered(let positions): try forEach(inOrder: positions, body)
    }
  }

  private func forEach(
    in rows: Range<Int>, _ body: ([RowBatch]) throws(StoreError) -> Void
  ) throws(StoreError) {
    let groups = snapshot.manifest.groups
    var firstRow = 0
    var start = 0
    while start < groups.count, firstRow + groups[start].rows <= rows.lowerBound {
      firstRow += groups[start].rows
      start += 1
    }
    while start < groups.count, firstRow < rows.upperBound {
      var end = start
      var nextRow = firstRow
      while end < groups.count, end - start < Self.pageGroups, nextRow < rows.upperBound {
        nextRow += groups[end].rows
        end += 1
      }
      var page: [RowBatch] = []
      for batch in try snapshot.batches(groups: start..<end, columns: columns) {
        let wanted = rows.clamped(to: firstRow..<firstRow + batch.count)
        let local = wanted.lowerBound - firstRow..<wanted.upperBound - firstRow
        page.append(local.count == batch.count ? batch : batch.slice(local))
        firstRow += batch.count
      }
      try body(page)
      start = end
    }
  }

  /// Skips row groups without any of the rows.
  private func forEach(
    at positions: [Int], _ body: ([RowBatch]) throws(StoreError) -> Void
  ) throws(StoreError) {
    var next = 0
    var firstRow = 0
    for (index, group) in snapshot.manifest.groups.enumerated() {
      var runs: [RowRun] = []
      while next < positions.count, positions[next] < firstRow + group.rows {
        Self.add(positions[next] - firstRow, of: 0, to: &runs)
        next += 1
      }
      firstRow += group.rows
      guard !runs.isEmpty else { continue }
      let batch = try snapshot.batches(groups: index..<index + 1, columns: columns)[0]
      try body([batch.gather(runs)])
    }
  }

  /// Builds each page column by column, since its rows may come from all row groups.
  private func forEach(
    inOrder positions: [Int], _ body: ([RowBatch]) throws(StoreError) -> Void
  ) throws(StoreError) {
    var starts: [Int] = []
    var rows = 0
    for group in snapshot.manifest.groups {
      starts.append(rows)
      rows += group.rows
    }
    for start in stride(from: 0, to: positions.count, by: Self.pageRows) {
      let page = positions[start..<min(start + Self.pageRows, positions.count)]
      var sources: [Int: Int32] = [:]
      var groups: [Int] = []
      var runs: [RowRun] = []
      for position in page {
        let group = starts.pieceIndex(at: position)
        if sources[group] == nil {
          sources[group] = Int32(groups.count)
          groups.append(group)
        }
        Self.add(position - starts[group], of: sources[group] ?? 0, to: &runs)
      }
      try body([try gather(runs, of: groups)])
    }
  }

  /// The rows of `runs`, whose sources are the row groups `groups`.
  private func gather(_ runs: [RowRun], of groups: [Int]) throws(StoreError) -> RowBatch {
    let decoder = try ChunkDecoder()
    var manifests: [RowGroupManifest] = []
    for group in groups { manifests.append(try snapshot.group(group, decoder)) }
    let loaded = manifests
    let vectors = try parallelMap(count: columns.count, state: ChunkDecoder.init) {
      (decoder: inout ChunkDecoder, index) throws(StoreError) in
      var sources: [ColumnVector] = []
      for group in loaded {
        sources.append(try snapshot.vector(column: columns[index], of: group, decoder))
      }
      return ColumnVector.gather(
        runs, from: sources, type: snapshot.schema.columns[columns[index]].type)
    }
    return RowBatch(
      columns: columns.map { snapshot.schema.columns[$0] }, vectors: vectors,
      count: runs.reduce(0) { $0 + Int($1.count) })
  }

  private static func add(_ row: Int, of source: Int32, to runs: inout [RowRun]) {
    let row = Int32(row)
    if let last = runs.last, last.source == source, last.start + last.count == row {
      runs[runs.count - 1].count += 1
    } else {
      runs.append(RowRun(source: source, start: row, count: 1))
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
