import Catalog
import Columns
import Model

/// Encodes row groups, one chunk after another on each core: finds those the store has, stores those
/// that changed little as deltas over the parent version's, and the others whole.
struct GroupEncoder: Sendable {
  /// A column of a group: its digest (nil when all null) and, when the store lacks it, its chunk.
  struct Encoded: Sendable {
    let digest: Digest?
    let pending: ChunkSink.Pending?
  }

  let chunks: ChunkStore
  let parent: ParentRows?
  /// Whether a chunk is already on its way in this commit.
  let isPending: @Sendable (Digest) -> Bool

  /// Encodes every column of every group.
  func encode(_ groups: [PendingGroup]) throws(StoreError) -> [(rows: Int, columns: [Encoded])] {
    guard let width = groups.first?.parts.last?.columns.count else { return [] }
    let widths = groups.map { $0.parts.last?.columns.count ?? width }
    let alignments = try parallelMap(count: groups.count) { index throws(StoreError) in
      align(groups[index])
    }
    var items: [(group: Int, column: Int, bytes: Int)] = []
    for (index, group) in groups.enumerated() {
      for column in 0..<widths[index] {
        let bytes = group.parts.reduce(0) {
          $0 + ($1.vectors.count > column ? $1.vectors[column].memoryBytes : 0)
        }
        items.append((index, column, bytes))
      }
    }
    // The longest work first, so that no core is left with it at the end.
    items.sort { ($0.bytes, $1.group, $1.column) > ($1.bytes, $0.group, $0.column) }
    let work = items
    let prepared = try parallelMap(count: work.count, state: ChunkDecoder.init) {
      (decoder: inout ChunkDecoder, position) throws(StoreError) in
      let item = work[position]
      return try prepare(groups[item.group], item.column, alignments[item.group], decoder)
    }
    let results = try compress(prepared)
    var encoded = groups.enumerated().map { index, group in
      (
        rows: group.rows,
        columns: [Encoded](repeating: Encoded(digest: nil, pending: nil), count: widths[index])
      )
    }
    for (item, result) in zip(work, results) { encoded[item.group].columns[item.column] = result }
    return encoded
  }

  private func align(_ group: PendingGroup) -> (group: Int, baseRows: [Int32])? {
    guard let parent else { return nil }
    return parent.align(hashes: group.hashes)
  }

  /// A column whose chunk, if the store lacks it, is laid out but not yet compressed.
  private struct Prepared: Sendable {
    let digest: Digest?
    var chunk: RawChunk?
    var base: Digest?
    var depth = 0
    var statistics: ColumnStatistics?
  }

  /// Compresses all frames of all chunks, each by whichever worker is free.
  private func compress(_ prepared: [Prepared]) throws(StoreError) -> [Encoded] {
    let tasks = prepared.indices.flatMap { item in
      (0..<(prepared[item].chunk?.frameCount ?? 0)).map { (item: item, frame: $0) }
    }
    let frames = try parallelMap(count: tasks.count, state: Compressor.init) {
      (compressor: inout Compressor, task) throws(StoreError) -> StoredFrame? in
      try prepared[tasks[task].item].chunk?.frame(tasks[task].frame, compressor)
    }
    var framesOfItem = [[StoredFrame]](repeating: [], count: prepared.count)
    for (task, frame) in zip(tasks, frames) {
      if let frame { framesOfItem[task.item].append(frame) }
    }
    return zip(prepared, framesOfItem).map { item, frames in
      guard let digest = item.digest, item.chunk != nil else {
        return Encoded(digest: item.digest, pending: nil)
      }
      return Encoded(
        digest: digest,
        pending: ChunkSink.Pending(
          digest: digest, frames: frames, base: item.base, depth: item.depth,
          statistics: item.statistics))
    }
  }

  private func prepare(
    _ group: PendingGroup, _ column: Int, _ alignment: (group: Int, baseRows: [Int32])?,
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> Prepared {
    let vector = group.assemble(column)
    guard !vector.isAllNull, let definition = group.parts.last?.columns[column] else {
      return Prepared(digest: nil)
    }
    let digest = vector.digest
    var isKnown = isPending(digest)
    if !isKnown { isKnown = try chunks.index.object(digest) != nil }
    if isKnown {
      chunks.remember(vector, as: digest)
      return Prepared(digest: digest)
    }
    let delta = try alignment.flatMap { alignment throws(StoreError) in
      try self.delta(definition, vector, alignment, decoder)
    }
    let chunk =
      if let delta {
        RawChunk(delta.script, newValues: delta.newValues(of: vector))
      } else {
        RawChunk(vector)
      }
    chunks.remember(vector, as: digest)
    return Prepared(
      digest: digest, chunk: chunk, base: delta?.base, depth: delta?.depth ?? 0,
      statistics: vector.statistics)
  }

  /// The delta over the parent's chunk, or over an older one of its chain; nil when more than half of
  /// the rows are new, for then storing the chunk whole reads faster and costs little more.
  private func delta(
    _ definition: ColumnDefinition, _ vector: ColumnVector,
    _ alignment: (group: Int, baseRows: [Int32]), _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> DeltaChain.Link? {
    guard let parent, let position = parent.snapshot.schema.index(of: definition.name),
      parent.snapshot.schema.columns[position] == definition
    else { return nil }
    let group = parent.groups[alignment.group]
    guard let parentDigest = group.chunks[position] else { return nil }
    let old = try parent.snapshot.vector(column: position, of: group, decoder)
    let script = RowScript(from: old, to: vector, baseRows: alignment.baseRows)
    guard script.newRows * 2 <= vector.count else { return nil }
    let chain = try chunks.chain(of: parentDigest)
    let link = try DeltaChain.link(script, over: chain) { count throws(StoreError) in
      try chunks.scripts(chain, count: count, decoder)
    }
    return link.script.newRows * 2 <= vector.count ? link : nil
  }
}

extension PendingGroup {
  /// One column of the group as one vector; parts that lack the column are null there.
  func assemble(_ column: Int) -> ColumnVector {
    guard let definition = parts.last?.columns[column] else {
      preconditionFailure("a group has rows, and its last part every column")
    }
    let vectors = parts.map { part in
      part.vectors.count > column
        ? part.vectors[column] : .nulls(definition.type, count: part.count)
    }
    if vectors.count == 1 { return vectors[0] }
    let runs = vectors.enumerated().map { source, vector in
      RowRun(source: Int32(source), start: 0, count: Int32(vector.count))
    }
    return ColumnVector.gather(runs, from: vectors, type: definition.type)
  }
}
