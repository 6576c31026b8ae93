import Catalog
import Columns
import Model
import Platform

/// Encodes row groups, one chunk after another on each core: finds those the store has, stores
/// those that changed little as deltas over the parent version's, and the others whole.
struct GroupEncoder: Sendable {
  /// A column of a group: its digest (nil when all null) and, when the store lacks it, its chunk.
  struct Encoded: Sendable {
    let digest: Digest?
    let pending: ChunkSink.Pending?
    /// The common shape of the values of a `json` column.
    let shape: ShapeFinder?
  }

  let chunks: ChunkStore
  let parent: ParentRows?
  /// Returns true when a chunk is already on its way in this commit.
  let isPending: @Sendable (Digest) -> Bool
  /// The columns whose earlier values have ruled out that they share a shape.
  let shapeless: Set<Int>

  /// Encodes every column of every group: digests first, then layouts of the chunks that are new,
  /// then their frames, each step on all cores and the index asked once between them.
  func encode(
    _ groups: [PendingGroup], _ recent: inout RecentVectors
  ) throws(StoreError) -> [(rows: Int, columns: [Encoded])] {
    let alignments = try parallelMap(count: groups.count) { index throws(StoreError) in
      parent?.align(hashes: groups[index].hashes)
    }
    let items = self.items(of: groups)
    let vectors = try parallelMap(count: items.count) { position throws(StoreError) in
      let vector = groups[items[position].group].assemble(items[position].column)
      return (
        vector: vector, digest: vector.isAllNull ? nil : vector.digest,
        shape: shape(of: vector, items[position].column)
      )
    }
    for (vector, digest, _) in vectors {
      if let digest { recent.add(vector, digest) }
    }
    let new = try newChunks(vectors.map(\.digest))
    let bases = try self.bases(new.map { items[$0] }, groups, alignments)
    let laidOut = try parallelMap(count: new.count, state: ChunkDecoder.init) {
      (decoder: inout ChunkDecoder, position) throws(StoreError) in
      try layOut(
        vectors[new[position]].vector, bases[position],
        alignments[items[new[position]].group]?.baseRows ?? [], decoder)
    }
    let frames = try compress(laidOut.map(\.chunk))
    var pending = [ChunkSink.Pending?](repeating: nil, count: items.count)
    for (position, item) in new.enumerated() {
      guard let digest = vectors[item].digest else { continue }
      let link = laidOut[position].link
      pending[item] = ChunkSink.Pending(
        digest: digest, frames: frames[position], base: link?.base, depth: link?.depth ?? 0,
        statistics: laidOut[position].statistics)
    }
    var encoded = groups.map { group in
      let blank = Encoded(digest: nil, pending: nil, shape: nil)
      return (rows: group.rows, columns: [Encoded](repeating: blank, count: group.width))
    }
    for (position, item) in items.enumerated() {
      encoded[item.group].columns[item.column] = Encoded(
        digest: vectors[position].digest, pending: pending[position],
        shape: vectors[position].shape)
    }
    return encoded
  }

  private func shape(of vector: ColumnVector, _ column: Int) -> ShapeFinder? {
    guard vector.type == .json, !vector.isAllNull, !shapeless.contains(column) else { return nil }
    var finder = ShapeFinder()
    finder.add(vector)
    return finder
  }

  /// A column of a group to be encoded.
  private struct Item {
    let group: Int
    let column: Int
    let bytes: Int
  }

  /// All columns of all groups, the longest first, so that no core is left with it at the end.
  private func items(of groups: [PendingGroup]) -> [Item] {
    var items: [Item] = []
    for (index, group) in groups.enumerated() {
      for column in 0..<group.width {
        let bytes = group.parts.reduce(0) {
          $0 + ($1.vectors.count > column ? $1.vectors[column].memoryBytes : 0)
        }
        items.append(Item(group: index, column: column, bytes: bytes))
      }
    }
    return items.sorted { ($0.bytes, $1.group, $1.column) > ($1.bytes, $0.group, $0.column) }
  }

  /// The positions of digests that neither the store nor this commit has, each digest once.
  private func newChunks(_ digests: [Digest?]) throws(StoreError) -> [Int] {
    var candidates: [Int] = []
    var seen: Set<Digest> = []
    for (position, digest) in digests.enumerated() {
      guard let digest, !isPending(digest), seen.insert(digest).inserted else { continue }
      candidates.append(position)
    }
    let known = try chunks.objects(candidates.compactMap { digests[$0] })
    return zip(candidates, known).filter { $1 == nil }.map(\.0)
  }

  /// A chunk of the parent that a new one may be stored over, with its chain.
  private struct Base: Sendable {
    let digest: Digest
    let rows: Int
    let chain: [ObjectLocation]
  }

  private func bases(
    _ items: [Item], _ groups: [PendingGroup],
    _ alignments: [(group: Int, baseRows: [Int32])?]
  ) throws(StoreError) -> [Base?] {
    var digests: [Digest?] = []
    var rows: [Int] = []
    for item in items {
      var digest: Digest?
      if let parent, let alignment = alignments[item.group],
        let definition = groups[item.group].parts.last?.columns[item.column],
        let position = parent.snapshot.schema.index(of: definition.name),
        parent.snapshot.schema.columns[position] == definition
      {
        digest = parent.groups[alignment.group].chunks[position]
      }
      digests.append(digest)
      rows.append(alignments[item.group].flatMap { parent?.groups[$0.group].rows } ?? 0)
    }
    var chains = try chunks.chains(of: digests.compactMap { $0 })[...]
    return zip(digests, rows).map { digest, rows in
      guard let digest, let chain = chains.popFirst(), !chain.isEmpty else { return nil }
      return Base(digest: digest, rows: rows, chain: chain)
    }
  }

  /// A chunk laid out but not yet compressed; `link` when it is a delta.
  private struct LaidOut: Sendable {
    let chunk: RawChunk
    let link: DeltaChain.Link?
    let statistics: ChunkStatistics?
  }

  /// Lays a column out as a delta over the parent's chunk or an older one of its chain; whole when
  /// more than half of the rows are new, for then it reads faster and costs little more.
  private func layOut(
    _ vector: ColumnVector, _ base: Base?, _ baseRows: [Int32],
    _ decoder: borrowing ChunkDecoder
  ) throws(StoreError) -> LaidOut {
    let statistics = vector.statistics
    guard let base else {
      return LaidOut(chunk: RawChunk(vector), link: nil, statistics: statistics)
    }
    let old = try chunks.vector(
      base.digest, base.chain, type: vector.type, rows: base.rows, decoder)
    let script = RowScript(from: old, to: vector, baseRows: baseRows)
    if script.newRows * 2 <= vector.count {
      let link = try DeltaChain.link(script, over: base.chain) { count throws(StoreError) in
        try chunks.scripts(base.chain, count: count, decoder)
      }
      if link.script.newRows * 2 <= vector.count {
        let chunk = RawChunk(link.script, newValues: link.newValues(of: vector))
        return LaidOut(chunk: chunk, link: link, statistics: statistics)
      }
    }
    return LaidOut(chunk: RawChunk(vector), link: nil, statistics: statistics)
  }

  /// Compresses all frames of all chunks, each by whichever worker is free.
  private func compress(_ laidOut: [RawChunk]) throws(StoreError) -> [[Frame]] {
    let tasks = laidOut.indices.flatMap { chunk in
      (0..<laidOut[chunk].frameCount).map { (chunk: chunk, frame: $0) }
    }
    let frames = try parallelMap(count: tasks.count, state: Compressor.init) {
      (compressor: inout Compressor, task) throws(StoreError) in
      try laidOut[tasks[task].chunk].frame(tasks[task].frame, compressor)
    }
    var framesOfChunk = [[Frame]](repeating: [], count: laidOut.count)
    for (task, frame) in zip(tasks, frames) { framesOfChunk[task.chunk].append(frame) }
    return framesOfChunk
  }
}

extension PendingGroup {
  /// The number of columns of the group.
  var width: Int { parts.last?.columns.count ?? 0 }

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
